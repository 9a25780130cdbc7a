import type { HeadReport } from '../../shared/ipc/evidence.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { AdminClient } from './admin-client.ts';
import { createForkReport } from './fork-report.ts';
import { createLook, type Witness } from './log-look.ts';

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  readonly witness: Witness;
}

/**
 * Watches that the log only ever grows: every head that a page is shown was verified against the last one that was, which the vault
 * keeps. Looks come one after the other, so that an older answer never comes after a newer head.
 */
export function createLogWatch({ client, witness }: Deps) {
  async function prove(from: number, to: number): Promise<readonly string[]> {
    const { body } = await client.call({ route: 'ledger.consistency', query: { from, to } });
    return (body as { proof: string[] }).proof;
  }

  const tellFork = createForkReport(client);
  const look = createLook({ client, witness, prove, tellFork });
  let looking: Promise<unknown> = Promise.resolve();
  return {
    head(): Promise<HeadReport> {
      const next = looking.then(look, look);
      looking = next.catch(() => undefined);
      return next;
    },
    /** The last verified head, and the log's keys as far as they are believed. @throws Refusal before the first look */
    async verified() {
      const { last, alarm } = await witness({ what: 'last' });
      if (!last) throw new Refusal('not-available', 'No head of the log was verified here yet.');
      const trust = (await client.call({ route: 'ledger.keys' })).body as TrustFile;
      const believed = trust.ledgerKeys.filter(({ key }) => last.keys.includes(key));
      return { head: last, trust: { ...trust, ledgerKeys: believed }, isAlarmed: alarm !== null };
    },
    /** `tellFork`: of one that was found another way than by looking, in a received checkpoint or in the mirror. */
    ...{ proof: prove, tellFork },
    /** Makes this console a witness at the service; a card is shown first. */
    async register(): Promise<null> {
      const { key } = await witness({ what: 'last' });
      await client.call({ route: 'ledger.registerWitness', body: { key } });
      return null;
    },
    /** Opens the trusted window in which a person says which of two histories this console goes on with. */
    async settle(): Promise<null> {
      await witness({ what: 'settle' });
      return null;
    },
    /** The head that was verified here is what proves that entries are gone; a card is shown first. @throws Refusal */
    async reportRestore(reason: string): Promise<null> {
      const { alarm } = await witness({ what: 'last' });
      if (alarm?.state !== 'shrunk')
        throw new Refusal('not-available', 'Only a log that has shrunk can be reported as restored.');
      await client.call({ route: 'ledger.reportRestore', body: { checkpoint: alarm.last.note, reason } });
      return null;
    },
  };
}

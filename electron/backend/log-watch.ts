import type { CheckpointView } from '../../shared/http/evidence.ts';
import type { ForkTold, HeadReport } from '../../shared/ipc/evidence.ts';
import type { SeenHead } from '../../shared/ledger/head-watch.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { WitnessAnswer, WitnessAsk } from '../keeper/protocol.ts';
import type { AdminClient } from './admin-client.ts';
import { createForkReport, type TellFork } from './fork-report.ts';

/** The witness in the keeper, which judges and remembers; here its questions are carried to the service. */
export type Witness = (ask: WitnessAsk) => Promise<WitnessAnswer>;

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  readonly witness: Witness;
}

const headOf = ({ origin, size, root }: Pick<SeenHead, 'origin' | 'size' | 'root'>) => ({
  origin,
  size,
  root,
});

/** While an alarm stands it is what is told, whatever the newest head looks like. */
function reportOf(
  answer: WitnessAnswer,
  newest: CheckpointView,
  trust: TrustFile,
  { before, told }: { readonly before: SeenHead | null; readonly told: ForkTold | null },
): HeadReport {
  const { verdict, alarm, cosigned, key, name, unsaved } = answer;
  if (!verdict) throw new TypeError('the keeper did not judge what it was shown');
  const { keyIds, witnesses } = verdict;
  const last = alarm?.last ?? before;
  const head = alarm?.head ?? verdict.head;
  const problem = alarm?.problem ?? verdict.problem;
  return {
    ...{
      state: alarm?.state ?? verdict.state,
      problem: unsaved === null ? problem : `${problem}. This alarm is not saved: ${unsaved}`,
    },
    ...{ head: head && headOf(head), last: last && headOf(last), signedAt: newest.signedAt },
    ...{ keyIds: [...keyIds], witnesses: [...witnesses] },
    ...{ alarmSince: alarm?.at ?? null, told },
    cosigned: cosigned?.origin === head?.origin ? cosigned && { size: cosigned.size, at: cosigned.at } : null,
    witness: { name, registered: trust.witnessKeys.some((known) => known.key === key) },
  };
}

/** Also while the true log is shown again: what was signed stays signed. */
const tellAlarm = async (tellFork: TellFork, { alarm }: WitnessAnswer): Promise<ForkTold | null> =>
  alarm?.state === 'fork' ? tellFork({ seen: alarm.last.note, shown: alarm.head.note }) : null;

/**
 * Watches that the log only ever grows: every head that a page is shown was verified against the last one that was, which the vault
 * keeps. Looks come one after the other, so that an older answer never comes after a newer head.
 */
export function createLogWatch({ client, witness }: Deps) {
  async function prove(from: number, to: number): Promise<readonly string[]> {
    const { body } = await client.call({ route: 'ledger.consistency', query: { from, to } });
    return (body as { proof: string[] }).proof;
  }

  async function proofFrom(last: SeenHead | null, newest: CheckpointView): Promise<readonly string[]> {
    if (!last || last.origin !== newest.origin || last.size >= newest.size) return [];
    return prove(last.size, newest.size);
  }

  /** A service that does not take it shows an older witnessed head, and the next head is cosigned in its turn. */
  async function handIn(note: string): Promise<void> {
    try {
      await client.call({ route: 'ledger.cosign', body: { note } });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  const tellFork = createForkReport(client);

  async function look(): Promise<HeadReport> {
    const newest = (await client.call({ route: 'ledger.checkpoint' })).body as CheckpointView;
    const trust = (await client.call({ route: 'ledger.keys' })).body as TrustFile;
    const { last } = await witness({ what: 'last' });
    const proof = await proofFrom(last, newest);
    const answer = await witness({ what: 'observe', news: { note: newest.note, trust, proof } });
    if (answer.cosignature) await handIn(answer.cosignature);
    return reportOf(answer, newest, trust, { before: last, told: await tellAlarm(tellFork, answer) });
  }

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

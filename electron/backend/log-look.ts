import type { CheckpointView } from '../../shared/http/evidence.ts';
import type { ForkTold, HeadReport } from '../../shared/ipc/evidence.ts';
import type { SeenHead } from '../../shared/ledger/head-watch.ts';
import type { TrustFile } from '../../shared/ledger/trust.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { WitnessAnswer, WitnessAsk } from '../keeper/protocol.ts';
import type { AdminClient } from './admin-client.ts';
import type { TellFork } from './fork-report.ts';

/** The witness in the keeper, which judges and remembers; here its questions are carried to the service. */
export type Witness = (ask: WitnessAsk) => Promise<WitnessAnswer>;

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  readonly witness: Witness;
  readonly prove: (from: number, to: number) => Promise<readonly string[]>;
  readonly tellFork: TellFork;
}

const headOf = ({ origin, size, root }: Pick<SeenHead, 'origin' | 'size' | 'root'>) => ({
  origin,
  size,
  root,
});

/** What the service says of its newest head. */
interface Shown {
  readonly newest: CheckpointView;
  readonly trust: TrustFile;
}

/** The service has answered, and that there is no such thing; whatever else stopped it may pass. */
const NO_SUCH: readonly number[] = [404, 410];

const unlessAbsent = <T>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((error: unknown) => {
    if (error instanceof Refusal && NO_SUCH.includes(error.service?.status ?? 0)) return null;
    throw error;
  });

/** While an alarm stands it is what is told, whatever the newest head looks like. */
function reportOf(
  answer: WitnessAnswer,
  shown: Shown | null,
  { before, told }: { readonly before: SeenHead | null; readonly told: ForkTold | null },
): HeadReport {
  const { verdict, alarm, cosigned, key, name, unsaved } = answer;
  if (!verdict) throw new TypeError('the keeper did not judge what it was shown');
  const { keyIds, witnesses } = verdict;
  const last = alarm?.last ?? before;
  const head = alarm ? alarm.head : verdict.head;
  const problem = alarm?.problem ?? verdict.problem;
  return {
    ...{
      state: alarm?.state ?? verdict.state,
      problem: unsaved === null ? problem : `${problem}. This alarm is not saved: ${unsaved}`,
    },
    ...{ head: head && headOf(head), last: last && headOf(last), signedAt: shown?.newest.signedAt ?? null },
    ...{ keyIds: [...keyIds], witnesses: [...witnesses] },
    ...{ alarmSince: alarm?.at ?? null, told },
    cosigned: cosigned?.origin === head?.origin ? cosigned && { size: cosigned.size, at: cosigned.at } : null,
    witness: { name, registered: shown?.trust.witnessKeys.some((known) => known.key === key) ?? false },
  };
}

/** Also while the true log is shown again: what was signed stays signed. */
const tellAlarm = async (tellFork: TellFork, { alarm }: WitnessAnswer): Promise<ForkTold | null> =>
  alarm?.state === 'fork' && alarm.head ? tellFork({ seen: alarm.last.note, shown: alarm.head.note }) : null;

/** One look at the newest head: what the service shows of it is judged by the witness, also when it shows none. */
export function createLook({ client, witness, prove, tellFork }: Deps) {
  /** A log that has no such proof between what was verified and what it shows has proven nothing: it is judged without one. */
  async function proofFrom(last: SeenHead | null, newest: CheckpointView): Promise<readonly string[]> {
    if (!last || last.origin !== newest.origin || last.size >= newest.size) return [];
    return (await unlessAbsent(prove(last.size, newest.size))) ?? [];
  }

  /** Asked again for what it is: a log that nobody has seen may have no head yet. @throws Refusal then */
  async function missing(): Promise<HeadReport> {
    const { last } = await witness({ what: 'last' });
    if (!last) throw new Refusal('not-available', 'The log has no signed head yet.', { retryable: true });
    return reportOf(await witness({ what: 'missing' }), null, { before: last, told: null });
  }

  /** A service that does not take it shows an older witnessed head, and the next head is cosigned in its turn. */
  async function handIn(note: string): Promise<void> {
    try {
      await client.call({ route: 'ledger.cosign', body: { note } });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  return async (): Promise<HeadReport> => {
    const [head, keys] = [
      await unlessAbsent(client.call({ route: 'ledger.checkpoint' })),
      await unlessAbsent(client.call({ route: 'ledger.keys' })),
    ];
    if (!head || !keys) return missing();
    const [newest, trust] = [head.body as CheckpointView, keys.body as TrustFile];
    const { last } = await witness({ what: 'last' });
    const proof = await proofFrom(last, newest);
    const answer = await witness({ what: 'observe', news: { note: newest.note, trust, proof } });
    if (answer.cosignature) await handIn(answer.cosignature);
    return reportOf(answer, { newest, trust }, { before: last, told: await tellAlarm(tellFork, answer) });
  };
}

import type { ForkTold } from '../../shared/ipc/evidence.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { AdminClient } from './admin-client.ts';

/** Two heads that no one log holds, as signed notes. */
export interface ForkPair {
  /** What was verified here. */
  readonly seen: string;
  /** What was shown, here or to somebody else. */
  readonly shown: string;
}

/** Tells the service of a fork, so that other operators are alerted. Never throws: nothing may hide the alarm itself. */
export type TellFork = (pair: ForkPair) => Promise<ForkTold>;

/** What the service has decided; whatever else stopped a report, the service itself or the way to it, may pass. */
const DECIDED: readonly number[] = [400, 403, 409];
/** Far above any number of forks that one person looks into; the service tells the same fork once anyway. */
const MOST_REMEMBERED = 64;

const outcomeOf = (error: unknown): ForkTold => {
  if (!(error instanceof Refusal))
    return { state: 'pending', message: 'The report could not be signed or sent.' };
  const isDecided = DECIDED.includes(error.service?.status ?? 0);
  return { state: isDecided ? 'refused' : 'pending', message: error.message };
};

/** Reports each fork until the service has answered. Both heads go as they were signed: the service judges them by its own keys. */
export function createForkReport(client: Pick<AdminClient, 'call'>): TellFork {
  const answered = new Map<string, ForkTold>();
  return async ({ seen, shown }) => {
    const pair = `${seen}${shown}`;
    const known = answered.get(pair);
    if (known) return known;
    const told = await client
      .call({ route: 'ledger.reportFork', body: { seen, shown } })
      .then((): ForkTold => ({ state: 'told', message: null }), outcomeOf);
    if (answered.size >= MOST_REMEMBERED) answered.clear();
    if (told.state !== 'pending') answered.set(pair, told);
    return told;
  };
}

/** For a notice, after the sentence that says what was found. */
export const sentenceOf = ({ state, message }: ForkTold): string => {
  if (state === 'told') return 'The service was told, and alerts its operators.';
  return state === 'refused'
    ? `The service does not believe it: ${message}`
    : `The service could not be told: ${message} Tell other operators yourself.`;
};

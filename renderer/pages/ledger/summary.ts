import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { EVENTS } from '../../../shared/ledger/events.ts';

/** The clause of the event table for this kind. */
export const saysOf = (entry: LedgerEntry): string => EVENTS[entry.kind].says;

export const actorOf = (entry: LedgerEntry): string => entry.actor.name ?? entry.actor.id;

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What the entry carries, as `name value` pairs on one line. Ids last: they say least to a person. */
export function detailsOf(entry: LedgerEntry): string {
  const pairs = Object.entries(entry.data);
  const isId = ([name]: [string, unknown]) => name.endsWith('Id');
  return [...pairs.filter((pair) => !isId(pair)), ...pairs.filter(isId)]
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join('  ');
}

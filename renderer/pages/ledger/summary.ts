import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { EVENTS } from '../../../shared/ledger/events.ts';

/** The clause of the event table for this kind. */
export const saysOf = (entry: LedgerEntry): string => EVENTS[entry.kind].says;

export const actorOf = (entry: LedgerEntry): string => entry.actor.name ?? entry.actor.id;

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T(\d{2}:\d{2})/;

/** What says least to a person comes last: times (the entry has its own), then ids. */
const rank = ([name, value]: readonly [string, unknown]): number => {
  if (name.endsWith('Id')) return 2;
  return typeof value === 'string' && ISO_TIME.test(value) ? 1 : 0;
};

function shown(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const time = ISO_TIME.exec(value)?.[1];
  return time ? `${time} UTC` : value;
}

/** What the entry carries, as `name value` pairs on one line. */
export const detailsOf = (entry: LedgerEntry): string =>
  Object.entries(entry.data)
    .sort((a, b) => rank(a) - rank(b))
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(' · ');

import type { CallInput } from '../../../shared/http/table.ts';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import type { LedgerFilter } from '../../stores/ui.ts';

type Query = NonNullable<CallInput<'ledger.list'>['query']>;

/** The filter as the service takes it: only what is set. */
export function queryOf(filter: LedgerFilter): Query {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')) as Query;
}

export const isNarrowed = (filter: LedgerFilter): boolean =>
  Object.values(filter).some((value) => value !== '');

/** Searchable text of an entry, made once: a free-text filter reads it for every entry of the live tail. */
const texts = new WeakMap<LedgerEntry, string>();

function textOf(entry: LedgerEntry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const { kind, actor, requestId, data } = entry;
  // In the order in which the service stores them (RFC 8785), so that a text over two fields is found by both.
  const sorted = Object.fromEntries(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
  const parts = [kind, actor.id, actor.name, requestId, JSON.stringify(sorted)];
  const text = parts
    .filter((part) => part !== null)
    .join(' ')
    .toLowerCase();
  texts.set(entry, text);
  return text;
}

/** Whether the service would have put this entry on the page that the filter describes. */
export function matches(filter: LedgerFilter, entry: LedgerEntry): boolean {
  if (filter.category !== '' && entry.category !== filter.category) return false;
  if (filter.kind !== '' && entry.kind !== filter.kind) return false;
  if (filter.requestId !== '' && entry.requestId !== filter.requestId) return false;
  if (filter.agent !== '' && entry.agent !== filter.agent) return false;
  if (filter.actor !== '' && entry.actor.id !== filter.actor && entry.actor.name !== filter.actor)
    return false;
  if (filter.from !== '' && Date.parse(entry.at) < Date.parse(filter.from)) return false;
  if (filter.to !== '' && Date.parse(entry.at) >= Date.parse(filter.to)) return false;
  return filter.text === '' || textOf(entry).includes(filter.text.toLowerCase());
}

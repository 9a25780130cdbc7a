import { EVENT_CATEGORIES, type EventCategory } from '../../shared/ledger/event-definition.ts';
import { type LedgerFilter, NO_FILTER } from './ledger-filter.ts';

const SCHEME = 'sallyport://ledger';
/** Far above what a filter of the longest parts takes. */
const LONGEST = 2_000;
const LONGEST_PART = 100;

const PARTS = Object.keys(NO_FILTER) as (keyof LedgerFilter)[];
const TIMES: readonly string[] = ['from', 'to'];

export interface LedgerLink {
  readonly filter: LedgerFilter;
  /** Number of the entry that is open. */
  readonly entry: number | null;
}

/** The words of a key of this service or of a provider: such a text is neither linked nor saved. */
export const looksSecret = (text: string): boolean =>
  /\b(tokenmart|thm?|tmid|sk|pk|ghp|xox[a-z])[-_][\w-]{16,}/i.test(text);

/** What a person may hand on; it works in the console of whoever may read this ledger, and says nothing by itself. */
export function linkOf({ filter, entry }: LedgerLink): string {
  const query = new URLSearchParams();
  for (const part of PARTS)
    if (filter[part] !== '' && !looksSecret(filter[part])) query.set(part, filter[part]);
  if (entry !== null) query.set('entry', String(entry));
  const text = query.toString();
  return text === '' ? SCHEME : `${SCHEME}?${text}`;
}

/** One part of a filter that came from outside: what is no such part is "any". */
function soundPart(part: keyof LedgerFilter, value: unknown): string {
  if (typeof value !== 'string' || value.length > LONGEST_PART) return '';
  if (part === 'category') return EVENT_CATEGORIES.includes(value as EventCategory) ? value : '';
  if (!TIMES.includes(part)) return value;
  const at = value === '' ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}

/** A filter that was stored or pasted; attacker-controlled, so that only what a filter can be is taken. */
export const soundFilter = (found: Readonly<Record<string, unknown>>): LedgerFilter =>
  Object.fromEntries(PARTS.map((part) => [part, soundPart(part, found[part])])) as unknown as LedgerFilter;

/** Reads a pasted text. @returns null when it is no link to the ledger */
export function linkIn(text: string): LedgerLink | null {
  const pasted = text.trim();
  if (pasted.length > LONGEST || (pasted !== SCHEME && !pasted.startsWith(`${SCHEME}?`))) return null;
  const query = new URLSearchParams(pasted.slice(SCHEME.length + 1));
  const entry = query.get('entry') ?? '';
  const number = /^\d{1,15}$/.test(entry) ? Number(entry) : null;
  return { filter: soundFilter(Object.fromEntries(query)), entry: number };
}

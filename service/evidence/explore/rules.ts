import type { LedgerAsOf, LedgerDifference, ToldFields } from '../../../shared/http/ledger-explore.ts';
import type { ToldFieldsByEntry } from '../../ledger/rederive.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Widths in seconds that people read without thinking. */
const WIDTHS = [
  ...[1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY],
];
const YEAR = 365 * DAY;

export interface Grid {
  /** Seconds since the epoch. */
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

/** The narrowest round width with which at most `most` buckets hold everything from one time to another (milliseconds). */
export function gridOf(first: number, last: number, most: number): Grid {
  const [from, to] = [Math.floor(first / 1000), Math.floor(last / 1000)];
  const grid = (width: number): Grid => {
    const start = Math.floor(from / width) * width;
    return { start, width, count: Math.floor((to - start) / width) + 1 };
  };
  for (const width of WIDTHS) if (grid(width).count <= most) return grid(width);
  // One year more than it takes, since a grid's first bucket begins before the first entry.
  const years = Math.ceil((to - from) / YEAR / most) + 1;
  const wide = grid(years * YEAR);
  return wide.count <= most ? wide : { start: from, width: to - from + 1, count: 1 };
}

type Told = ReadonlyMap<string, ToldFieldsByEntry>;

interface Shown {
  readonly subject?: string | undefined;
  readonly limit: number;
}

const isAsked = (subject: string, { subject: asked }: Shown): boolean =>
  asked === undefined || asked === subject;

/** A subject that the log told of later stands first; the name settles a tie. */
const newest = (
  a: { readonly number: number; readonly subject: string },
  b: { readonly number: number; readonly subject: string },
): number => b.number - a.number || (a.subject < b.subject ? -1 : 1);

export function statesOf(told: Told, shown: Shown): Pick<LedgerAsOf, 'total' | 'rows'> {
  const rows = [...told]
    .filter(([subject]) => isAsked(subject, shown))
    .map(([subject, { number, fields }]) => ({ subject, number, state: fields }))
    .sort(newest);
  return { total: rows.length, rows: rows.slice(0, shown.limit) };
}

const changed = (before: ToldFields | null, after: ToldFields): string[] =>
  Object.keys(after).filter((field) => before === null || before[field] !== after[field]);

/** What is told at the later moment and was not, or otherwise, at the earlier one. Nothing ever ceases to be told of. */
export function differenceOf(
  earlier: Told,
  later: Told,
  shown: Shown,
): Pick<LedgerDifference, 'total' | 'rows'> {
  const rows: LedgerDifference['rows'] = [];
  for (const [subject, { number, fields: after }] of later) {
    const before = earlier.get(subject)?.fields ?? null;
    const fields = changed(before, after);
    if (isAsked(subject, shown) && fields.length > 0) rows.push({ subject, number, before, after, fields });
  }
  rows.sort(newest);
  return { total: rows.length, rows: rows.slice(0, shown.limit) };
}

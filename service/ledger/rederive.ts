import type { EventKind } from '../../shared/ledger/events.ts';
import type { Tx } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';

/** An entry as a re-deriver reads it: what happened, in the order in which it happened. */
export interface ToldEntry {
  /** Null while it waits for its number. */
  readonly number: number | null;
  readonly id: string;
  readonly kind: string;
  /** Who did it, and for which agent. */
  readonly actor: string;
  readonly agent: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StateFinding {
  /** The row that is concerned. */
  readonly subject: string;
  /** The first entry that contradicts it; null when there is none at all. */
  readonly number: number | null;
  /** `untold`: a row without its event. `unwritten`: an event without its row. `differs`: they contradict each other. */
  readonly what: 'untold' | 'unwritten' | 'differs';
  /** Names of fields, never values: some are withheld from others who may read this. */
  readonly fields: readonly string[];
}

/** Derives the state of one domain from the log and compares it with what is stored. */
export interface Rederiver {
  /** Table or thing, for people. */
  readonly domain: string;
  /** Whose rows it compares. */
  readonly tables: readonly (keyof Schema)[];
  /** Reads the stored rows, in the snapshot that the log is compared with. */
  open(tx: Tx): Promise<void>;
  take(entry: ToldEntry): void;
  compare(): readonly StateFinding[];
}

/** A state for people: money in credits. */
export interface ToldFieldsByEntry {
  /** The entry that told it last. */
  readonly number: number;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** One whose states can also be shown as they were at any entry. */
export interface Replayable extends Rederiver {
  /** The kinds of entries that it takes; all others change nothing. */
  readonly kinds: readonly EventKind[];
  /** What the numbered entries that it took tell. */
  told(): ReadonlyMap<string, ToldFieldsByEntry>;
}

/** Every domain adds its own to the list in `service/app`. */
export type Rederivers = readonly (() => Rederiver)[];

/** A state as the log tells it, with the entry that told it last. */
export type ToldState<T> = T & { readonly number: number | null };

/** What contradicts: every field of a told state must be as it is stored, and every one of both must be in the other. */
export function compareStates<T extends object>(
  stored: ReadonlyMap<string, T>,
  told: ReadonlyMap<string, ToldState<T>>,
): StateFinding[] {
  const findings: StateFinding[] = [];
  for (const [subject, state] of stored) {
    const { number, ...should } = told.get(subject) ?? { number: undefined };
    const fields = Object.entries(should)
      .filter(([name, value]) => state[name as keyof T] !== value)
      .map(([name]) => name);
    if (number === undefined) findings.push({ subject, number: null, what: 'untold', fields });
    else if (fields.length > 0) findings.push({ subject, number, what: 'differs', fields });
  }
  for (const [subject, { number }] of told)
    if (!stored.has(subject)) findings.push({ subject, number, what: 'unwritten', fields: [] });
  return findings;
}

/** What is told, as people read it; what still waits for its number is left out. */
export function toldFields<T extends object>(
  told: ReadonlyMap<string, ToldState<T>>,
  show: (state: T) => ToldFieldsByEntry['fields'],
): ReadonlyMap<string, ToldFieldsByEntry> {
  const shown = new Map<string, ToldFieldsByEntry>();
  for (const [subject, { number, ...state }] of told)
    if (number !== null) shown.set(subject, { number, fields: show(state as unknown as T) });
  return shown;
}

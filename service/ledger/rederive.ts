import type { Tx } from '../db/database.ts';

/** An entry as a re-deriver reads it: what happened, in the order in which it happened. */
export interface ToldEntry {
  /** Null while it waits for its number. */
  readonly number: number | null;
  readonly id: string;
  readonly kind: string;
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
  /** Reads the stored rows, in the snapshot that the log is compared with. */
  open(tx: Tx): Promise<void>;
  take(entry: ToldEntry): void;
  compare(): readonly StateFinding[];
}

/** Every domain adds its own to the list in `service/app`. */
export type Rederivers = readonly (() => Rederiver)[];

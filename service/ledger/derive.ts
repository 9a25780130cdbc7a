import type { EventData, EventKind } from '../../shared/ledger/events.ts';
import type { Tx } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import { compareStates, type Rederiver, type ToldEntry, type ToldState } from './rederive.ts';

/** What the log has told of one domain, as far as it was read. */
export class Telling<T extends object> {
  readonly states = new Map<string, ToldState<Partial<T>>>();
  #number: number | null = null;

  /** The entry whose step follows: what it changes is located by it. */
  at(number: number | null): void {
    this.#number = number;
  }

  of(subject: string): Partial<T> | undefined {
    return this.states.get(subject);
  }

  /** It is so from this entry on; fields that are not named stay as they were told. */
  is(subject: string, to: Partial<T>): void {
    this.states.set(subject, { ...this.states.get(subject), ...to, number: this.#number });
  }

  /** The log cannot tell this field any more: whatever is stored is believed. */
  isUnclear(subject: string, field: keyof T): void {
    const state = this.states.get(subject);
    if (!state) return;
    const { [field]: _, ...rest } = state;
    this.states.set(subject, rest as ToldState<Partial<T>>);
  }

  isGone(subject: string): void {
    this.states.delete(subject);
  }

  /** Every subject that was told to be so. */
  *where(holds: (state: Partial<T>) => boolean): Generator<string> {
    for (const [subject, state] of this.states) if (holds(state)) yield subject;
  }
}

type Step<T extends object, K extends EventKind> = (
  told: Telling<T>,
  data: EventData<K>,
  entry: ToldEntry,
) => void;

interface Derivation<T extends object> {
  readonly domain: string;
  readonly tables: readonly (keyof Schema)[];
  /** Every stored row by its name, in the words of the log. */
  stored(tx: Tx): AsyncIterable<readonly [string, T]> | Promise<Iterable<readonly [string, T]>>;
  /** What an entry of each kind changes. */
  readonly steps: { readonly [K in EventKind]?: Step<T, K> };
  /** Before both are compared: what neither a row nor an entry says by itself. */
  settle?(told: Telling<T>, stored: ReadonlyMap<string, T>): void;
}

/** A re-deriver of rows that are what the entries about them say. */
export const derive =
  <T extends object>({ domain, tables, stored: read, steps, settle }: Derivation<T>) =>
  (): Rederiver => {
    const stored = new Map<string, T>();
    const told = new Telling<T>();
    return {
      ...{ domain, tables },
      open: async (tx) => {
        for await (const [subject, state] of await read(tx)) stored.set(subject, state);
      },
      take: (entry) => {
        const step = steps[entry.kind as EventKind] as Step<T, EventKind> | undefined;
        if (!step) return;
        told.at(entry.number);
        step(told, entry.data as EventData<EventKind>, entry);
      },
      compare: () => {
        settle?.(told, stored);
        return compareStates<Partial<T>>(stored, told.states);
      },
    };
  };

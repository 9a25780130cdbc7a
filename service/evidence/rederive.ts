import type { EventData } from '../../shared/ledger/events.ts';
import { compareStates, type Rederiver, type ToldEntry, type ToldState } from '../ledger/rederive.ts';
import { readForks } from './store.ts';

interface ForkState {
  readonly origin: string;
  readonly seen: string;
  readonly shown: string;
}

/** Forks that were reported: a row that is taken away would let the same fork be told again, and one that is planted silence it. */
export function forkStates(): Rederiver {
  const stored = new Map<string, ForkState>();
  const told = new Map<string, ToldState<ForkState>>();
  return {
    domain: 'forks',
    tables: ['ledger_forks'],
    open: async (tx) => {
      for (const row of await readForks(tx))
        stored.set(row.fork, {
          origin: row.origin,
          seen: `${row.seen_size} ${row.seen_root.toString('hex')}`,
          shown: `${row.shown_size} ${row.shown_root.toString('hex')}`,
        });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind !== 'ledger.fork-reported') return;
      const { fork, origin, seen, shown } = data as EventData<'ledger.fork-reported'>;
      told.set(fork, {
        ...{ origin, number, seen: `${seen.size} ${seen.root}`, shown: `${shown.size} ${shown.root}` },
      });
    },
    compare: () => compareStates(stored, told),
  };
}

import type { EventData, EventKind } from '../../shared/ledger/events.ts';
import { formatUnits } from '../../shared/money/units.ts';
import { compareStates, type Rederiver, type ToldEntry, type ToldState } from '../ledger/rederive.ts';
import { readTransfers } from './states.store.ts';

interface TransferState {
  from: string;
  to: string;
  amount: string;
}

const KINDS = [
  'transfer.posted',
  'transfer.corrected',
  'credits.granted',
  'loss.booked',
] as const satisfies EventKind[];
const MOVEMENTS: ReadonlySet<string> = new Set(KINDS);

/** Transfers: who lost what to whom, of every movement and of every hold that something was taken of. */
export function transferStates(): Rederiver {
  const stored = new Map<string, TransferState>();
  const told = new Map<string, ToldState<TransferState>>();
  return {
    domain: 'transfers',
    tables: ['transfers'],
    open: async (tx) => {
      for (const { id, from_wallet: from, to_wallet: to, units } of await readTransfers(tx))
        stored.set(id, { from, to, amount: formatUnits(BigInt(units)) });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (MOVEMENTS.has(kind)) {
        const { transferId, from, to, amount } = data as EventData<(typeof KINDS)[number]>;
        told.set(transferId, { from, to, amount, number });
      } else if (kind === 'hold.posted') {
        const { transferId, wallet, to, amount } = data as EventData<'hold.posted'>;
        if (transferId !== null) told.set(transferId, { from: wallet, to, amount, number });
      }
    },
    compare: () => compareStates(stored, told),
  };
}

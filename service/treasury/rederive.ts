import type { EventData, EventKind } from '../../shared/ledger/events.ts';
import { formatUnits, parseUnits } from '../../shared/money/units.ts';
import {
  compareStates,
  type Replayable,
  type ToldEntry,
  type ToldState,
  toldFields,
} from '../ledger/rederive.ts';
import { readHolds, readWallets } from './states.store.ts';

/** The freeze that keeps what is in a wallet, and what the two who unfreeze it go by; null while it is open. */
interface FreezeState {
  freezeId: string | null;
  frozenBy: string | null;
  freezeReason: string | null;
}

interface WalletState extends FreezeState {
  posted: bigint;
  held: bigint;
}

interface HoldState {
  wallet: string;
  held: string;
  purpose: string;
  reference: string;
  expiresAt: string;
  state: string;
  /** Credits that were taken of it; null while nothing was settled. */
  amount: string | null;
  transferId: string | null;
  reason: string | null;
}

type Movement = EventData<'transfer.posted' | 'transfer.corrected' | 'credits.granted' | 'loss.booked'>;
type HoldEnd = EventData<'hold.posted' | 'hold.voided' | 'hold.expired'>;

const TRANSFERS = [
  'transfer.posted',
  'transfer.corrected',
  'credits.granted',
  'loss.booked',
] satisfies EventKind[];
const HOLDS = ['hold.opened', 'hold.posted', 'hold.voided', 'hold.expired'] satisfies EventKind[];
const FREEZES = ['wallet.frozen', 'wallet.unfrozen'] satisfies EventKind[];
const MOVEMENTS: ReadonlySet<string> = new Set([...TRANSFERS, 'hold.posted']);

const OPEN: FreezeState = { freezeId: null, frozenBy: null, freezeReason: null };
const NOTHING: WalletState = { posted: 0n, held: 0n, ...OPEN };

function freezeOf({ kind, actor, data }: ToldEntry): FreezeState {
  if (kind !== 'wallet.frozen') return OPEN;
  const { freezeId, reason } = data as EventData<'wallet.frozen'>;
  return { freezeId, frozenBy: actor, freezeReason: reason };
}

/** Balances, what is held of them and what is frozen: every event of the books says what it adds and takes. */
export function walletStates(): Replayable {
  const stored = new Map<string, WalletState>();
  const told = new Map<string, ToldState<WalletState>>();

  const add = (address: string, number: number | null, posted: bigint, held: bigint): void => {
    const known = told.get(address) ?? NOTHING;
    told.set(address, { ...known, posted: known.posted + posted, held: known.held + held, number });
  };

  return {
    domain: 'wallets',
    tables: ['wallets'],
    kinds: [...TRANSFERS, ...HOLDS, ...FREEZES],
    open: async (tx) => {
      for (const { address, posted, held, ...row } of await readWallets(tx))
        stored.set(address, {
          ...{ posted: BigInt(posted), held: BigInt(held), freezeId: row.freeze_id },
          ...{ frozenBy: row.frozen_by, freezeReason: row.freeze_reason },
        });
    },
    take: (entry: ToldEntry) => {
      const { kind, number, data } = entry;
      if (kind.startsWith('wallet.')) {
        const { wallet } = data as EventData<'wallet.frozen' | 'wallet.unfrozen'>;
        told.set(wallet, { ...(told.get(wallet) ?? NOTHING), ...freezeOf(entry), number });
      }
      if (kind.startsWith('hold.')) {
        const { wallet, held } = data as EventData<'hold.opened'> | HoldEnd;
        add(wallet, number, 0n, kind === 'hold.opened' ? parseUnits(held) : -parseUnits(held));
      }
      if (!MOVEMENTS.has(kind)) return;
      const { to, amount, ...source } = data as Movement | EventData<'hold.posted'>;
      const units = parseUnits(amount);
      add('from' in source ? source.from : source.wallet, number, -units, 0n);
      // A settlement of nothing moves nothing, so nobody was paid.
      if (units !== 0n) add(to, number, units, 0n);
    },
    compare: () => {
      // A wallet comes with its owner, and nothing is told of one that nothing has moved in.
      for (const [address, { posted, held, freezeId }] of stored)
        if (posted === 0n && held === 0n && freezeId === null && !told.has(address)) stored.delete(address);
      return compareStates(stored, told);
    },
    told: () =>
      toldFields(told, ({ posted, held, freezeId }) => ({
        ...{ posted: formatUnits(posted), held: formatUnits(held) },
        freeze: freezeId,
      })),
  };
}

const endOf = (kind: string, data: HoldEnd): Partial<HoldState> => {
  if ('transferId' in data) return { state: 'posted', amount: data.amount, transferId: data.transferId };
  return 'reason' in data ? { state: 'voided', reason: data.reason } : { state: kind.slice('hold.'.length) };
};

/** Holds: what they keep for what, and how they ended. */
export function holdStates(): Replayable {
  const stored = new Map<string, HoldState>();
  const told = new Map<string, ToldState<Partial<HoldState>>>();

  return {
    domain: 'holds',
    tables: ['holds'],
    kinds: HOLDS,
    open: async (tx) => {
      for (const row of await readHolds(tx))
        stored.set(row.id, {
          ...{ wallet: row.wallet, held: formatUnits(BigInt(row.units)), purpose: row.purpose },
          ...{ reference: row.reference, expiresAt: row.expires_at.toISOString(), state: row.state },
          amount: row.posted_units === null ? null : formatUnits(BigInt(row.posted_units)),
          ...{ transferId: row.transfer_id, reason: row.reason },
        });
    },
    take: ({ kind, number, data }: ToldEntry) => {
      if (kind === 'hold.opened') {
        const { holdId, ...opened } = data as EventData<'hold.opened'>;
        const open = { state: 'pending', amount: null, transferId: null, reason: null };
        told.set(holdId, { ...opened, ...open, number });
      } else if (kind.startsWith('hold.')) {
        const { holdId, wallet, held } = data as HoldEnd;
        told.set(holdId, {
          ...(told.get(holdId) ?? { amount: null, transferId: null, reason: null }),
          ...{ wallet, held, ...endOf(kind, data as HoldEnd), number },
        });
      }
    },
    compare: () => compareStates<Partial<HoldState>>(stored, told),
    told: () => toldFields(told, (state) => ({ ...state })),
  };
}

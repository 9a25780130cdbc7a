import { jcs } from '../../../shared/ledger/commitment.ts';
import type { EventData } from '../../../shared/ledger/events.ts';
import { compareStates, type Rederiver, type ToldEntry, type ToldState } from '../../ledger/rederive.ts';
import { readJobStates } from './store.ts';

interface State {
  readonly brandId: string;
  readonly batchName: string;
  readonly quantity: number;
  readonly serialPattern: string;
  readonly firstNumber: number;
  readonly activation: string;
  /** In its one spelling; the entries of older jobs do not tell it. */
  readonly product: string;
  /** A job that waits and one that is being minted are both open: a worker that stops cleanly gives it back without a word. */
  readonly state: string;
  readonly done: number;
  readonly reissued: number;
  readonly voided: number;
  /** Rows, whatever their state: those that were minted and those that were re-issued. */
  readonly tokens: number;
  readonly root: string | null;
  readonly failure: string | null;
}

const OPEN = 'open';
const BEGUN = { state: OPEN, done: 0, reissued: 0, voided: 0, tokens: 0, root: null, failure: null };

/** What an entry says of its job, whose state so far is given; null for what changes none. */
function stepOf({ kind, data }: ToldEntry, so: Partial<State>): Partial<State> | null {
  const { done = 0, reissued = 0, voided = 0, tokens = 0 } = so;
  switch (kind) {
    case 'mint.tokens-minted': {
      const { count, toPosition } = data as EventData<'mint.tokens-minted'>;
      return { done: toPosition, tokens: tokens + count };
    }
    case 'mint.job-paused':
      return { state: 'paused', done: (data as EventData<'mint.job-paused'>).done };
    case 'mint.job-cancelled':
      return { state: 'cancelled', done: (data as EventData<'mint.job-cancelled'>).done };
    case 'mint.job-resumed':
    case 'mint.job-leased':
      return { state: OPEN, done };
    case 'mint.job-completed': {
      const { quantity, root } = data as EventData<'mint.job-completed'>;
      return { state: 'completed', done: quantity, root };
    }
    case 'mint.job-failed':
      return { state: 'failed', failure: (data as EventData<'mint.job-failed'>).reason };
    case 'mint.token-voided':
      return { voided: voided + 1 };
    case 'mint.token-reissued':
      return { reissued: reissued + 1, tokens: tokens + 1 };
    default:
      return null;
  }
}

/** Mint jobs: what was ordered, how far it is, under which root, and how many of its tokens are void or re-issued. */
export function mintJobStates(): Rederiver {
  const stored = new Map<string, State>();
  const told = new Map<string, ToldState<Partial<State>>>();
  return {
    domain: 'mint jobs',
    tables: ['mint_jobs'],
    open: async (tx) => {
      for (const row of await readJobStates(tx))
        stored.set(row.id, {
          ...{ brandId: row.brand_id, batchName: row.batch_name, quantity: row.quantity },
          ...{ serialPattern: row.serial_pattern, firstNumber: Number(row.first_number) },
          ...{
            activation: row.activation,
            product: jcs(row.product),
            done: row.done,
            reissued: row.reissued,
          },
          state: row.state === 'queued' || row.state === 'running' ? OPEN : row.state,
          ...{ voided: row.voided, tokens: row.tokens, failure: row.failure },
          root: row.root?.toString('hex') ?? null,
        });
    },
    take: (entry: ToldEntry) => {
      const { kind, number, data } = entry;
      if (kind === 'mint.job-submitted') {
        const { jobId, countersignedBy: _, product, ...ordered } = data as EventData<'mint.job-submitted'>;
        const shown = product === undefined ? {} : { product: jcs(product) };
        told.set(jobId, { ...ordered, ...shown, ...BEGUN, number });
        return;
      }
      const { jobId } = data as { readonly jobId?: string };
      if (jobId === undefined || !kind.startsWith('mint.')) return;
      const so = told.get(jobId) ?? { number };
      const step = stepOf(entry, so);
      if (step) told.set(jobId, { ...so, ...step, number });
    },
    compare: () => compareStates<Partial<State>>(stored, told),
  };
}

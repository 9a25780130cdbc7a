import type { EventData } from '../../../shared/ledger/events.ts';
import type { ToldEntry, ToldState } from '../../ledger/rederive.ts';
import type { Range } from './ranges.ts';
import type { StoredToken } from './states.store.ts';
import { madeState, type TokenOrder, type TokenState, tokenOrder } from './states.ts';

interface Chunk extends Range {
  readonly number: number | null;
}

export interface ToldJob {
  readonly order: TokenOrder;
  readonly chunks: Chunk[];
  root?: { readonly hex: string; readonly number: number | null };
}

type Told = Pick<ToldEntry, 'kind' | 'number' | 'data'>;

/** What the log tells: of jobs which positions were minted, and of tokens what happened to each since. */
export class ToldTokens {
  readonly jobs = new Map<string, ToldJob>();
  /** What changed, of those to which something happened. */
  readonly changes = new Map<string, ToldState<Partial<TokenState>>>();
  /** Leaves of tokens that were made in place of others: they commit to what the root of the job leaves out. */
  readonly leaves = new Map<string, string>();
  /** Tokens that were made in place of others, as they were made. */
  readonly #reissued = new Map<string, TokenState>();

  take({ kind, number, data }: Told): void {
    if (kind === 'mint.job-submitted') {
      const { jobId, brandId, quantity, activation, ...serials } = data as EventData<'mint.job-submitted'>;
      this.jobs.set(jobId, { order: tokenOrder({ brandId, quantity, activation, ...serials }), chunks: [] });
    } else if (kind === 'mint.tokens-minted') {
      const { jobId, fromPosition, toPosition } = data as EventData<'mint.tokens-minted'>;
      this.jobs.get(jobId)?.chunks.push({ from: fromPosition, to: toPosition, number });
    } else if (kind === 'mint.job-completed') {
      const { jobId, root } = data as EventData<'mint.job-completed'>;
      const job = this.jobs.get(jobId);
      if (job) job.root = { hex: root, number };
    } else this.#takeToken({ kind, number, data });
  }

  #takeToken({ kind, number, data }: Told): void {
    if (kind === 'scan.activated')
      this.#change((data as EventData<'scan.activated'>).token, { state: 'active', activated: true, number });
    else if (kind === 'mint.token-activated') {
      const { tokenId } = data as EventData<'mint.token-activated'>;
      this.#change(tokenId, { state: 'active', activated: true, number });
    } else if (kind === 'mint.token-voided')
      this.#change((data as EventData<'mint.token-voided'>).tokenId, { state: 'voided', number });
    else if (kind === 'mint.token-reissued') {
      const { tokenId, jobId, brandId, serial, replaces, leaf } = data as EventData<'mint.token-reissued'>;
      const activation = this.jobs.get(jobId)?.order.activation ?? '';
      this.#reissued.set(tokenId, madeState({ brandId, activation }, serial));
      if (leaf !== undefined) this.leaves.set(tokenId, leaf);
      this.#change(tokenId, { number });
      this.#change(replaces, { replacedBy: tokenId, number });
    }
  }

  #change(id: string, change: ToldState<Partial<TokenState>>): void {
    this.changes.set(id, { ...this.changes.get(id), ...change });
  }

  /** How a token should be, with the entry that told it last; null for one that nobody told of. */
  stateOf({ id, job_id, position }: StoredToken): ToldState<TokenState> | null {
    const change = this.changes.get(id);
    const reissued = this.#reissued.get(id);
    if (reissued) return { ...reissued, number: null, ...change };
    const job = this.jobs.get(job_id);
    const chunk = job?.chunks.find(({ from, to }) => from <= position && position <= to);
    if (!job || !chunk) return null;
    return { ...madeState(job.order, job.order.serial(position)), number: chunk.number, ...change };
  }
}

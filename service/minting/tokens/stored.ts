import { hash } from 'node:crypto';
import { CompletenessTree } from '../../../shared/ledger/completeness.ts';
import type { Tx } from '../../db/database.ts';
import { Ranges } from './ranges.ts';
import { everyToken, readOrders, type StoredToken } from './states.store.ts';
import { differing, madeState, storedState, type TokenOrder, tokenOrder } from './states.ts';

export interface StoredJob {
  readonly positions: Ranges;
  /** Over the tokens up to the first hole. */
  readonly tree: CompletenessTree;
}

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/**
 * The tokens as they are stored, read once from the first to the last. Kept are those that are not as they were made, by their ids,
 * and of all others no more than which positions there are.
 */
export class StoredTokens {
  readonly special = new Map<string, StoredToken>();
  /** Tokens that were minted; re-issued ones stand behind the quantity and are special. */
  readonly jobs = new Map<string, StoredJob>();

  async read(tx: Tx): Promise<void> {
    const orders = new Map<string, TokenOrder>();
    for (const { id, ...order } of await readOrders(tx)) orders.set(id, tokenOrder(order));
    for await (const row of everyToken(tx)) this.#take(row, orders.get(row.job_id));
  }

  #take(row: StoredToken, order: TokenOrder | undefined): void {
    const isMinted = order !== undefined && row.position <= order.quantity;
    if (isMinted) this.#count(row);
    if (!isMinted || differing(storedState(row), madeState(order, order.serial(row.position))).length > 0)
      this.special.set(row.id, row);
  }

  #count({ job_id, position, serial, code_hash: codeHash }: StoredToken): void {
    const job = this.jobs.get(job_id) ?? { positions: new Ranges(), tree: new CompletenessTree(sha256) };
    this.jobs.set(job_id, job);
    job.positions.add(position);
    if (position === job.tree.size + 1) job.tree.add({ position, serial, codeHash });
  }
}

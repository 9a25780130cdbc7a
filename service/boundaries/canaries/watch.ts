import type { Actor } from '../../../shared/ledger/entry.ts';
import { type Database, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import { findCanaries, markUsed } from './store.ts';

/** Hashes of refused keys that wait to be compared. A flood of strangers' keys must cost no memory; a thief comes back. */
const KEPT = 4_096;

const STRANGERS: Actor = { type: 'stranger', id: 'strangers', name: null };

interface Tried {
  readonly hash: Buffer;
  uses: number;
}

/** Compares keys that were refused with those that were planted, after the answer: nobody can tell by its time which it was. */
export class CanaryWatch {
  #tried = new Map<string, Tried>();

  /** @param hash SHA-256 of a key that opens nothing */
  note(hash: Buffer): void {
    const key = hash.toString('hex');
    const known = this.#tried.get(key);
    if (known) known.uses += 1;
    else if (this.#tried.size < KEPT) this.#tried.set(key, { hash, uses: 1 });
  }

  /** Tells what was used. What cannot be written stays for the next time. */
  async flush(db: Pick<Database, 'kysely'>, staging: Staging, now: Date): Promise<void> {
    if (this.#tried.size === 0) return;
    const tried = this.#tried;
    this.#tried = new Map();
    try {
      await transact(db, async (tx) => {
        const hashes = [...tried.values()].map(({ hash }) => hash);
        for (const { id, label, secret_hash } of await findCanaries(tx, hashes)) {
          const uses = tried.get(secret_hash.toString('hex'))?.uses ?? 1;
          await markUsed(tx, id, now);
          const data = { canaryId: id, label, uses };
          await staging.stage(tx, {
            kind: 'canary.used',
            data,
            actor: STRANGERS,
            agent: null,
            requestId: null,
          });
        }
      });
    } catch (error) {
      for (const [key, one] of tried) if (!this.#tried.has(key)) this.#tried.set(key, one);
      throw error;
    }
  }
}

import { randomUUID } from 'node:crypto';
import { VaultError } from '../vault/errors.ts';
import type { StoredItem } from '../vault/format.ts';
import type { Holdings } from '../vault/holdings.ts';

type Held = Pick<Holdings, 'list' | 'add' | 'use' | 'remove'>;
type Facts = ReturnType<Holdings['list']>[number];

/** Holdings that exist in memory alone: keys of a rehearsal are never in the vault, and gone when it ends. */
export function throwAwayHoldings(): Held & { readonly destroy: () => void } {
  const items = new Map<StoredItem['id'], { readonly facts: Facts; readonly secret: Buffer }>();
  const drop = (id: string): void => {
    items.get(id)?.secret.fill(0);
    items.delete(id);
  };
  return {
    list: () => [...items.values()].map(({ facts }) => facts),
    add: async (secrets) => {
      for (const { type, label, canary, secret } of secrets) {
        const facts = { id: randomUUID(), type, label, canary, createdAt: '' };
        items.set(facts.id, { facts, secret: Buffer.from(secret) });
      }
    },
    use: async (id, _action, read) => {
      const held = items.get(id);
      if (!held) throw new VaultError('no-such-item', 'This throw-away key is gone.');
      const copy = Buffer.from(held.secret);
      try {
        return await read(copy);
      } finally {
        copy.fill(0);
      }
    },
    remove: async (id) => drop(id),
    destroy: () => {
      for (const id of [...items.keys()]) drop(id);
    },
  };
}

import { randomBytes, randomUUID } from 'node:crypto';
import { VaultError } from '../vault/errors.ts';
import type { StoredItem } from '../vault/format.ts';
import type { Holdings } from '../vault/holdings.ts';
import { signingHandle } from '../vault/items.ts';
import type { ApprovedDeed } from './approved-deeds.ts';
import type { Anchor } from './journal.ts';
import { Receiving } from './receiving.ts';
import { SecondOperator } from './second-operator.ts';

type Held = Pick<Holdings, 'list' | 'add' | 'use' | 'remove' | 'putOnly'>;
type Facts = ReturnType<Holdings['list']>[number];

/** Holdings that exist in memory alone: keys of a rehearsal are never in the vault, and gone when it ends. */
export function throwAwayHoldings(): Held & { readonly destroy: () => void } {
  const items = new Map<StoredItem['id'], { readonly facts: Facts; readonly secret: Buffer }>();
  const drop = (id: string): void => {
    items.get(id)?.secret.fill(0);
    items.delete(id);
  };
  const add: Held['add'] = async (secrets) => {
    for (const { type, label, canary, secret } of secrets) {
      const facts = { id: randomUUID(), type, label, canary, createdAt: '' };
      items.set(facts.id, { facts, secret: Buffer.from(secret) });
    }
  };
  return {
    add,
    list: () => [...items.values()].map(({ facts }) => facts),
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
    putOnly: async (secret) => {
      for (const { facts } of [...items.values()]) if (facts.type === secret.type) drop(facts.id);
      await add([secret]);
    },
    destroy: () => {
      for (const id of [...items.keys()]) drop(id);
    },
  };
}

export interface ThrowAwayConsole {
  readonly name: string;
  readonly custodian: ReturnType<typeof signingHandle>;
  readonly holdings: ReturnType<typeof throwAwayHoldings>;
  readonly receiving: Receiving;
  /** What was written down of approvals, in order. */
  readonly approved: ApprovedDeed[];
  /** Its half of wallets of two persons, as a console that was started anew has it. */
  readonly second: () => SecondOperator;
}

/** A console with everything but a disk and a window: its vault and the key of its operator are in memory alone. */
export function throwAwayConsole(name: string, now: () => Date): ThrowAwayConsole {
  const [items, custodian] = [throwAwayHoldings(), signingHandle(randomBytes(32))];
  const holdings = () => items;
  // Nothing is received here, so no list of packages is ever kept.
  const receiving = new Receiving({ folder: '', holdings });
  const approved: ApprovedDeed[] = [];
  const record = async (deed: ApprovedDeed, { lines, ...last }: Anchor): Promise<Anchor> => {
    approved.push(deed);
    return { ...last, lines: lines + 1 };
  };
  const deps = { holdings, custodian, receiving, now, random: randomBytes, record };
  return { name, custodian, holdings: items, receiving, approved, second: () => new SecondOperator(deps) };
}

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ALIVE_MS } from '../../db/pulse.ts';
import { KeyMemory, REMEMBERED_KEYS } from './memory.ts';
import type { KeyRow } from './rules.ts';

const hashOf = (token: string) => createHash('sha256').update(token).digest();

const rowOf = (id: string, more: Partial<KeyRow> = {}): KeyRow => ({
  ...{ id, family: 'inference', account_id: null, agent_id: null, label: id, display_prefix: 'th_12345678' },
  ...{ requests_per_minute: 60, spend_limit: null, created_at: new Date(0), created_by: 'somebody' },
  ...{ expires_at: null, last_used_at: null, revoked_at: null, revoked_reason: null },
  ...more,
});

/** The database and its channel: keys by token, notifications that arrive when the test says so. */
class World {
  ms = 1_000_000;
  readonly keys = new Map<string, KeyRow>();
  looks = 0;
  hear: (payload: string) => void = () => undefined;
  wrote: () => void = () => undefined;
  readonly sent: string[] = [];
  readonly memory = new KeyMemory({
    clock: { now: () => new Date(this.ms), monotonic: () => this.ms },
    name: 'this',
  });

  async attach(): Promise<void> {
    await this.memory.attach({
      listen: async (_channel, handler) => {
        this.hear = handler;
        return async () => undefined;
      },
      notify: async (_channel, payload) => void this.sent.push(payload),
      onWrite: (_table, handler) => {
        this.wrote = handler;
      },
    });
  }

  /** What a channel that works does. */
  async echo(): Promise<void> {
    this.memory.beat();
    this.hear(this.sent.at(-1) ?? 'ping:nobody');
    await Promise.resolve();
  }

  look = async (hash: Buffer): Promise<KeyRow | undefined> => {
    this.looks += 1;
    for (const [token, row] of this.keys) if (hashOf(token).equals(hash)) return row;
    return undefined;
  };

  find(token: string): Promise<KeyRow | undefined> {
    return this.memory.find(hashOf(token), this.look);
  }

  /** As the trigger does it. */
  revoke(token: string): void {
    this.keys.delete(token);
    this.hear(hashOf(token).toString('hex'));
  }

  /** Finds it, and says whether that took a look at the database. */
  async looksFor(token: string): Promise<boolean> {
    const before = this.looks;
    await this.find(token);
    return this.looks > before;
  }
}

let world: World;
beforeEach(async () => {
  world = new World();
  world.keys.set('a', rowOf('key a'));
  world.keys.set('b', rowOf('key b'));
  await world.attach();
  // The first look of an idle process starts its beats.
  await world.find('a');
  await world.echo();
});

describe('the memory of keys', () => {
  it('answers the second look of a key, and forgets it when it hears of its change', async () => {
    expect(await world.looksFor('a')).toBe(false);
    expect((await world.find('a'))?.id).toBe('key a');
    await world.find('b');
    world.revoke('a');
    expect(await world.find('a')).toBeUndefined();
    expect(await world.looksFor('b')).toBe(false);
  });

  it('looks everything up before it is attached', async () => {
    const alone = new World();
    alone.keys.set('a', rowOf('key a'));
    await alone.find('a');
    alone.memory.beat();
    expect(await alone.looksFor('a')).toBe(true);
  });

  it('sends nothing while nobody calls', async () => {
    world.ms += 10_001;
    const before = world.sent.length;
    world.memory.beat();
    expect(world.sent).toHaveLength(before);
    expect(await world.looksFor('a')).toBe(true);
    world.memory.beat();
    expect(world.sent).toHaveLength(before + 1);
  });
});

describe('a channel that does not work', () => {
  it('that goes silent is bypassed after half a second, and trusted again with the next echo', async () => {
    world.ms += ALIVE_MS - 1;
    expect(await world.looksFor('a')).toBe(false);
    world.ms += 1;
    expect(await world.looksFor('a')).toBe(true);
    await world.echo();
    expect(await world.looksFor('a')).toBe(false);
  });

  it('that was gone and came back leaves nothing of what was known, and is not trusted before its first echo', async () => {
    world.keys.delete('a');
    world.hear('');
    expect(await world.find('a')).toBeUndefined();
    await world.find('b');
    expect(await world.looksFor('b')).toBe(true);
    await world.echo();
    expect(await world.looksFor('b')).toBe(false);
  });

  it('that says something unknown has every key looked up', async () => {
    world.keys.delete('a');
    world.hear('key_of_a_later_version');
    expect(await world.find('a')).toBeUndefined();
  });
});

describe('a revoked key is not brought back', () => {
  /** A look that has read the row and answers when told to. */
  function slowFind(token: string) {
    const row = world.keys.get(token);
    let answer: () => void = () => undefined;
    const found = world.memory.find(
      hashOf(token),
      () =>
        new Promise((resolve) => {
          answer = () => resolve(row);
        }),
    );
    return { found, answer: () => answer() };
  }

  it('by a look that read it before the change and answers after the notification', async () => {
    const slow = slowFind('b');
    world.revoke('b');
    slow.answer();
    await slow.found;
    expect(await world.find('b')).toBeUndefined();
  });

  it('by a look that was on its way when the process itself changed it, or when the connection came back', async () => {
    for (const happens of [() => world.wrote(), () => world.hear('')]) {
      world.keys.set('b', rowOf('key b'));
      const slow = slowFind('b');
      world.keys.delete('b');
      happens();
      slow.answer();
      await slow.found;
      await world.echo();
      expect(await world.find('b')).toBeUndefined();
    }
  });

  it('by what was in memory when this process changed it, before any notification', async () => {
    expect(await world.looksFor('a')).toBe(false);
    world.keys.delete('a');
    world.wrote();
    expect(await world.find('a')).toBeUndefined();
  });
});

describe('what is remembered', () => {
  it('ends with the key’s expiry, though nobody tells', async () => {
    world.keys.set('c', rowOf('key c', { expires_at: new Date(world.ms + 100) }));
    await world.find('c');
    world.ms += 99;
    expect(await world.looksFor('c')).toBe(false);
    world.ms += 1;
    expect(await world.memory.find(hashOf('c'), async () => undefined)).toBeUndefined();
  });

  it('is never that a key does not exist, and strangers push nobody out', async () => {
    for (let n = 0; n < REMEMBERED_KEYS + 10; n += 1)
      await world.memory.find(hashOf(`guess ${n}`), async () => undefined);
    expect(await world.looksFor('a')).toBe(false);
    await world.find('later');
    world.keys.set('later', rowOf('key later'));
    expect((await world.find('later'))?.id).toBe('key later');
  });

  it('has an end, and the key that was used longest ago goes first', async () => {
    await world.find('b');
    for (let n = 2; n < REMEMBERED_KEYS; n += 1)
      await world.memory.find(hashOf(`real ${n}`), async () => rowOf(`key ${n}`));
    await world.find('a');
    await world.memory.find(hashOf('one more'), async () => rowOf('one more'));
    expect(await world.looksFor('a')).toBe(false);
    expect(await world.looksFor('b')).toBe(true);
  });
});

describe('identities', () => {
  const token = fc.constantFrom('t0', 't1', 't2', 't3', 't4', 't5');
  const step = fc.oneof(
    fc.record({ does: fc.constant('find' as const), token }),
    fc.record({ does: fc.constant('make' as const), token }),
    fc.record({ does: fc.constant('revoke' as const), token }),
    fc.record({ does: fc.constant('echo' as const), token }),
    fc.record({ does: fc.constant('gap' as const), token }),
    fc.record({ does: fc.constant('wait' as const), token }),
  );

  it('never mix, and no answer is older than the last notification, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const at = new World();
        await at.attach();
        let made = 0;
        for (const { does, token: name } of steps) {
          if (does === 'find') expect((await at.find(name))?.id).toBe(at.keys.get(name)?.id);
          if (does === 'make' && !at.keys.has(name)) {
            made += 1;
            at.keys.set(name, rowOf(`${name} made ${made}`));
          }
          if (does === 'revoke') at.revoke(name);
          if (does === 'echo') await at.echo();
          if (does === 'gap') at.hear('');
          if (does === 'wait') at.ms += 300;
        }
      }),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { Lookup } from './lookup.ts';
import type { FoundToken } from './rules.ts';

const hash = (n: number) => Buffer.alloc(32, n);
const token = (n: number) => ({ id: `mtk_${n}` }) as FoundToken;

describe('a look-up', () => {
  it('asks for what arrives together in one statement, and gives each its own answer', async () => {
    const asked: number[] = [];
    const lookup = new Lookup(async (hashes) => {
      asked.push(hashes.length);
      return new Map(
        hashes.filter((one) => one[0] !== 9).map((one) => [one.toString('hex'), token(one[0] ?? 0)]),
      );
    });
    const found = await Promise.all([1, 2, 9, 1].map((n) => lookup.find(hash(n))));
    expect(found).toEqual([token(1), token(2), null, token(1)]);
    expect(asked).toEqual([4]);
  });

  it('that fails fails those who asked with it, and nobody after them', async () => {
    let away = true;
    const lookup = new Lookup(async () => {
      if (away) throw new Error('away');
      return new Map();
    });
    const both = await Promise.allSettled([lookup.find(hash(1)), lookup.find(hash(2))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await lookup.find(hash(1))).toBeNull();
  });

  it('runs two statements at most', async () => {
    let running = 0;
    let most = 0;
    const lookup = new Lookup(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return new Map();
    });
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => lookup.find(hash(n % 250))));
    expect(most).toBe(2);
  });
});

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseError } from '../../db/database-error.ts';
import { persist, Unfinished } from './persist.ts';

const away = () => new DatabaseError('unavailable', 'the database is away');
const EXPIRES = new Date(60_000);

let clock: number;
let unfinished: Unfinished;
let lost: unknown[];
beforeEach(() => {
  clock = 0;
  lost = [];
  unfinished = new Unfinished();
});
const deps = {
  now: () => new Date(clock),
  sleep: async (ms: number) => {
    clock += ms;
  },
  lost: (error: unknown) => void lost.push(error),
};

/** Work that fails while the database is away, and how often it was tried. */
function settling(until: number) {
  const tried: number[] = [];
  const work = async (): Promise<void> => {
    tried.push(clock);
    if (clock < until) throw away();
  };
  return { work, tried };
}

describe('what must not be forgotten about money', () => {
  it('is done at once when it can be', async () => {
    const { work, tried } = settling(0);
    await persist(deps, unfinished, work, EXPIRES);
    expect(tried).toEqual([0]);
  });

  it('is done for a caller who waits when the database comes back soon', async () => {
    const { work, tried } = settling(1_000);
    await persist(deps, unfinished, work, EXPIRES);
    expect(tried.at(-1)).toBeGreaterThanOrEqual(1_000);
    expect(clock).toBeLessThanOrEqual(2_000);
  });

  it('tells the caller that it is not done yet, and is done behind his back', async () => {
    const { work, tried } = settling(20_000);
    await expect(persist(deps, unfinished, work, EXPIRES)).rejects.toMatchObject({ code: 'unavailable' });
    await vi.waitUntil(() => (tried.at(-1) ?? 0) >= 20_000);
    await unfinished.finish();
    expect(lost).toEqual([]);
  });

  it('is tried no longer than the hold lasts, and then somebody hears that it was not done', async () => {
    const { work, tried } = settling(Number.POSITIVE_INFINITY);
    await expect(persist(deps, unfinished, work, EXPIRES)).rejects.toMatchObject({ code: 'unavailable' });
    await unfinished.finish();
    expect(tried.at(-1)).toBeLessThan(EXPIRES.getTime() + 2_000);
    expect(lost).toMatchObject([{ code: 'unavailable' }]);
  });

  it('is not tried again when it failed for another reason', async () => {
    let tries = 0;
    const work = async () => {
      tries += 1;
      throw new RangeError('a defect');
    };
    await expect(persist(deps, unfinished, work, EXPIRES)).rejects.toBeInstanceOf(RangeError);
    await unfinished.finish();
    expect(tries).toBe(1);
    expect(lost).toMatchObject([{ message: 'a defect' }]);
  });
});

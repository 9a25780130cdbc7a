import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ledgerEntry } from '../../../shared/ledger/entry.ts';
import { EVENTS } from '../../../shared/ledger/events.ts';
import { createSource, entryAt } from './source.ts';

const HEAD = { size: 100, root: '0'.repeat(64), epoch: 0 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const sourceAt = (start: number) => {
  vi.setSystemTime(start);
  return createSource(HEAD, { now: Date.now, monotonic: () => performance.now() });
};

describe('the source of the measured stream', () => {
  it('writes entries that the contract and their kinds take', () => {
    for (let number = 0; number < 16; number += 1) {
      const entry = ledgerEntry.parse(entryAt(number, 1_767_225_600_000));
      expect(EVENTS[entry.kind].data.safeParse(entry.data).error).toBeUndefined();
      expect(EVENTS[entry.kind].category).toBe(entry.category);
    }
  });

  it('lets go at its rate, numbers on from the head, and stamps each entry with its moment', async () => {
    const source = sourceAt(5_000);
    source.release(1_000);
    vi.advanceTimersByTime(20);
    expect(await source.feed.head()).toMatchObject({ size: 120 });
    const entries = await source.feed.read(100);
    expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => 100 + i));
    expect([entries[0]?.at, entries[19]?.at].map((at) => Date.parse(at ?? ''))).toEqual([5_010, 5_020]);
    expect(source.hold()).toEqual([
      { at: 5_000, size: 100 },
      { at: 5_010, size: 110 },
      { at: 5_020, size: 120 },
    ]);
  });

  it('is silent when it is held, and goes on where it was', async () => {
    const source = sourceAt(0);
    source.release(1_000);
    vi.advanceTimersByTime(10);
    source.hold();
    vi.advanceTimersByTime(1_000);
    expect(await source.feed.read(110)).toEqual([]);
    source.release(1_000);
    vi.advanceTimersByTime(10);
    expect((await source.feed.read(110)).map(({ number }) => number)[0]).toBe(110);
  });

  it('wakes who waits for more, and who is told to go', async () => {
    const source = sourceAt(0);
    const leaving = new AbortController();
    const waiting = source.feed.changed(100, 60_000, new AbortController().signal);
    const left = source.feed.changed(100, 60_000, leaving.signal);
    leaving.abort();
    await left;
    source.release(1_000);
    vi.advanceTimersByTime(10);
    await waiting;
    expect(vi.getTimerCount()).toBe(1);
    await source.feed.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

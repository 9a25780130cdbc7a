import { describe, expect, it, vi } from 'vitest';
import { entriesOf, entryOf, headOf } from '../../tests/fixtures/screen/samples.ts';
import { createLiveStore, lastKnown, onLive } from './live.ts';

const numbers = (live: ReturnType<typeof createLiveStore>) => live.getState().entries.map((e) => e.number);

const begun = (capacity?: number) => {
  const live = createLiveStore(capacity);
  live.bootstrap(headOf(10), 10);
  return live;
};

describe('the live window', () => {
  it('appends a batch as one change and knows where to resume', () => {
    const live = begun();
    const before = live.getState().revision;
    live.append(entriesOf(10, 14), 99);
    expect(numbers(live)).toEqual([10, 11, 12, 13, 14]);
    expect(live.getState().revision).toBe(before + 1);
    expect(live.getState().lastEventAt).toBe(99);
    expect(lastKnown(live)).toBe(14);
  });

  it('has nothing to resume from before the first look', () => {
    expect(lastKnown(createLiveStore())).toBeNull();
  });

  it('drops what it already has, and says nothing changed', () => {
    const live = begun();
    live.append(entriesOf(10, 14), 1);
    const { revision } = live.getState();
    live.append(entriesOf(12, 14), 2);
    expect(live.getState().revision).toBe(revision);
    live.append(entriesOf(13, 15), 3);
    expect(numbers(live)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('never takes an entry that has no number', () => {
    const live = begun();
    live.append([entryOf(10, { number: null, state: 'pending' })], 1);
    expect(numbers(live)).toEqual([]);
  });

  it('keeps the newest entries only, and says from which number on it knows them', () => {
    const live = begun(100);
    live.append(entriesOf(10, 400), 1);
    expect(numbers(live)).toHaveLength(100);
    expect(live.getState().floor).toBe(301);
    live.append(entriesOf(401, 405), 2);
    // A tenth of slack before it is moved again.
    expect(numbers(live)).toHaveLength(105);
    expect(live.getState().floor).toBe(301);
  });

  it('notices a hole in the numbers even when nobody announced it', () => {
    const live = begun();
    live.append([entryOf(10), entryOf(15)], 1);
    expect(live.getState().gaps).toEqual([{ from: 11, to: 14 }]);
  });

  it('forgets gaps that lie before the window', () => {
    const live = begun(100);
    live.skip({ from: 10, to: 20 });
    live.append(entriesOf(21, 400), 1);
    expect(live.getState().gaps).toEqual([]);
  });
});

describe('gaps', () => {
  it('closes a skipped range by what the ledger has of it, and keeps the rest open', () => {
    const live = begun();
    live.append([entryOf(10)], 1);
    live.skip({ from: 11, to: 15 });
    live.append([entryOf(16)], 1);
    const { generation } = live.getState();
    live.fill(entriesOf(12, 13));
    expect(live.getState().gaps).toEqual([
      { from: 11, to: 11 },
      { from: 14, to: 15 },
    ]);
    expect(numbers(live)).toEqual([10, 12, 13, 16]);
    expect(live.getState().generation).toBe(generation + 1);
    live.fill(entriesOf(9, 16));
    expect(live.getState().gaps).toEqual([]);
    expect(numbers(live)).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });

  it('takes nothing that lies in no gap', () => {
    const live = begun();
    live.append([entryOf(10)], 1);
    live.fill([entryOf(3), entryOf(40)]);
    expect(numbers(live)).toEqual([10]);
  });

  it('ignores a skip of what is already here', () => {
    const live = begun();
    live.append(entriesOf(10, 20), 1);
    live.skip({ from: 12, to: 18 });
    expect(live.getState().gaps).toEqual([]);
  });

  it('can give a gap up', () => {
    const live = begun();
    live.skip({ from: 10, to: 12 });
    live.forget({ from: 10, to: 12 });
    expect(live.getState().gaps).toEqual([]);
  });
});

describe('a new beginning of the stream', () => {
  it('that continues keeps the window and opens a gap for what was missed', () => {
    const live = begun();
    live.append(entriesOf(10, 12), 1);
    live.bootstrap(headOf(20), 18);
    expect(numbers(live)).toEqual([10, 11, 12]);
    expect(live.getState().gaps).toEqual([{ from: 13, to: 17 }]);
  });

  it('that repeats opens no gap', () => {
    const live = begun();
    live.append(entriesOf(10, 12), 1);
    live.bootstrap(headOf(13), 11);
    live.append(entriesOf(11, 14), 2);
    expect(numbers(live)).toEqual([10, 11, 12, 13, 14]);
    expect(live.getState().gaps).toEqual([]);
  });

  it('of a shorter log empties the window: it is another log', () => {
    const live = begun();
    live.append(entriesOf(10, 30), 1);
    live.bootstrap(headOf(5), 5);
    live.append([entryOf(5)], 2);
    expect(numbers(live)).toEqual([5]);
  });
});

describe('who waits for the stream to be live', () => {
  it('hears it once each time, and nothing after they stopped', () => {
    const live = createLiveStore();
    const heard = vi.fn();
    const stop = onLive(live, heard);
    const say = (state: 'connecting' | 'live' | 'waiting') => live.setStream({ state, retryAt: null });
    for (const state of ['connecting', 'live', 'live', 'waiting', 'connecting'] as const) say(state);
    expect(heard).toHaveBeenCalledTimes(1);
    say('live');
    expect(heard).toHaveBeenCalledTimes(2);
    stop();
    say('waiting');
    say('live');
    expect(heard).toHaveBeenCalledTimes(2);
  });
});

import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { fakeDoor, refusal } from '../../../tests/fixtures/screen/door.ts';
import { entriesOf, entryOf, headOf } from '../../../tests/fixtures/screen/samples.ts';
import { createBridge } from '../../bridge/bridge.ts';
import { createLiveStore } from '../../stores/live.ts';
import { NO_FILTER } from '../../stores/ui.ts';
import { fillGap } from './gaps.ts';
import { LedgerView } from './view.ts';

const PAGE = 200;

interface Query {
  readonly limit?: number;
  readonly cursor?: string;
  readonly category?: string;
  readonly to?: string;
}

/** A ledger of this many entries behind a door, which pages like the service: newest first, cursor by number. */
function ledgerOf(size: number, pending: readonly LedgerEntry[] = []) {
  const state = { size, pending, fails: false };
  const fake = fakeDoor({
    routes: {
      'ledger.list': ({ query }) => {
        if (state.fails) return refusal('service-down', 'Down.');
        const { limit = 50, cursor, category, to } = (query ?? {}) as Query;
        let from = cursor === undefined ? state.size - 1 : Number(cursor);
        if (to !== undefined) while (from >= 0 && entryOf(from).at >= to) from -= 1;
        const last = Math.max(-1, from - limit);
        const entries = from < 0 ? [] : entriesOf(last + 1, from).reverse();
        const page = cursor === undefined ? [...state.pending, ...entries] : entries;
        return {
          entries: category ? page.filter((e) => e.category === category) : page,
          nextCursor: last >= 0 ? String(last) : null,
          head: headOf(state.size),
        };
      },
    },
  });
  return { state, fake, call: createBridge(fake.door).call };
}

async function opened(size: number, options: { pending?: LedgerEntry[]; category?: 'key' | 'auth' } = {}) {
  const ledger = ledgerOf(size, options.pending);
  const live = createLiveStore();
  const filter = { ...NO_FILTER, category: options.category ?? ('' as const) };
  const view = new LedgerView({ call: ledger.call, live, filter, now: () => 1 });
  const stop = view.start();
  await settled(view);
  return { ...ledger, live, view, stop };
}

const settled = (view: LedgerView): Promise<void> =>
  new Promise((resolve) => {
    if (view.snapshot().phase !== 'loading') return resolve();
    const unsubscribe = view.subscribe(() => {
      if (view.snapshot().phase === 'loading') return;
      unsubscribe();
      resolve();
    });
  });

const numbers = (view: LedgerView): (number | null | undefined)[] => {
  const { count, rowAt } = view.snapshot();
  return Array.from({ length: count }, (_, i) => rowAt(i)?.number);
};

const downFrom = (high: number, low: number): number[] =>
  Array.from({ length: high - low + 1 }, (_, i) => high - i);

describe('history and tail', () => {
  it('join without gap and without duplicate, newest first', async () => {
    const { view, live } = await opened(50);
    live.bootstrap(headOf(48), 48);
    live.append(entriesOf(48, 53), 1);
    expect(numbers(view)).toEqual(downFrom(53, 0));
  });

  it('read further back by the cursor until the beginning, each number once', async () => {
    const { view } = await opened(PAGE * 2 + 30);
    expect(view.snapshot().count).toBe(PAGE);
    await view.loadOlder();
    await view.loadOlder();
    expect(numbers(view)).toEqual(downFrom(PAGE * 2 + 29, 0));
    expect(view.snapshot().older).toBe('end');
  });

  it('read the first page again when the stream began after it', async () => {
    const { view, live, state } = await opened(50);
    state.size = 60;
    live.bootstrap(headOf(60), 60);
    live.append([entryOf(60)], 1);
    await expect.poll(() => numbers(view)).toEqual(downFrom(60, 0));
  });

  it('show a pending entry on top until the stream brings its number, and then once', async () => {
    const pending = entryOf(50, { number: null, state: 'pending', leafHash: null });
    const { view, live } = await opened(50, { pending: [pending] });
    expect(numbers(view)[0]).toBeNull();
    live.bootstrap(headOf(50), 50);
    live.append([entryOf(50)], 1);
    expect(numbers(view)).toEqual(downFrom(50, 0));
  });

  it('narrow both, the history by the service and the tail here', async () => {
    const { view, live, fake } = await opened(3, { category: 'key' });
    live.bootstrap(headOf(3), 3);
    const refused = entryOf(3, { kind: 'auth.refusals', data: {} });
    live.append([refused, entryOf(4)], 1);
    expect(numbers(view)).toEqual([4, 2, 1, 0]);
    expect(fake.calls('ledger.list')[0]?.query).toMatchObject({ category: 'key' });
  });
});

describe('while the reader looks elsewhere', () => {
  it('nothing moves, new entries are counted, and following brings them', async () => {
    const { view, live } = await opened(10);
    live.bootstrap(headOf(10), 10);
    live.append([entryOf(10)], 1);
    view.setFollowing(false);
    live.append(entriesOf(11, 15), 2);
    expect(numbers(view)).toEqual(downFrom(10, 0));
    expect(view.snapshot().unseen).toBe(5);
    view.setFollowing(true);
    expect(numbers(view)).toEqual(downFrom(15, 0));
    expect(view.snapshot().unseen).toBe(0);
  });
});

describe('bounds', () => {
  it('a flood drops the oldest of the tail and reads history anew below it', async () => {
    const { view, live, state } = await opened(10);
    live.bootstrap(headOf(10), 10);
    for (let from = 10; from < 30_010; from += 1000) live.append(entriesOf(from, from + 999), 1);
    state.size = 30_010;
    const { count, rowAt } = view.snapshot();
    expect(count).toBeLessThanOrEqual(22_000);
    const oldest = rowAt(count - 1)?.number ?? 0;
    await view.loadOlder();
    expect(view.snapshot().rowAt(count)?.number).toBe(oldest - 1);
  });
});

describe('failure', () => {
  it('of the first page is said with its reason, and a good attempt clears it', async () => {
    const ledger = ledgerOf(5);
    ledger.state.fails = true;
    const view = new LedgerView({
      call: ledger.call,
      live: createLiveStore(),
      filter: NO_FILTER,
      now: () => 77,
    });
    view.start();
    await settled(view);
    expect(view.snapshot()).toMatchObject({ phase: 'failed', failingSince: 77 });
    expect(view.snapshot().error?.code).toBe('service-down');
    ledger.state.fails = false;
    await view.reload();
    expect(view.snapshot()).toMatchObject({ phase: 'ready', error: null, count: 5 });
  });

  it('of an older page keeps what is there and can be tried again', async () => {
    const { view, state } = await opened(PAGE + 10);
    state.fails = true;
    await view.loadOlder();
    expect(view.snapshot()).toMatchObject({ phase: 'ready', older: 'failed', count: PAGE });
    state.fails = false;
    await view.loadOlder();
    expect(view.snapshot()).toMatchObject({ older: 'end', count: PAGE + 10 });
  });

  it('after stopping, nothing is taken any more', async () => {
    const { view, live, stop } = await opened(3);
    live.bootstrap(headOf(3), 3);
    stop();
    live.append([entryOf(3)], 1);
    expect(numbers(view)).toEqual([2, 1, 0]);
  });
});

describe('a gap of the stream', () => {
  it('is read from the ledger and closes in the list', async () => {
    const { view, live, state, call } = await opened(10);
    live.bootstrap(headOf(10), 10);
    live.append([entryOf(10)], 1);
    live.skip({ from: 11, to: 1400 });
    live.append([entryOf(1401)], 1);
    state.size = 1402;
    expect(numbers(view).slice(0, 2)).toEqual([1401, 10]);
    await fillGap(call, live, { from: 11, to: 1400 });
    expect(live.getState().gaps).toEqual([]);
    expect(numbers(view)).toEqual(downFrom(1401, 0));
  });

  it('that the ledger cannot be asked for stays open', async () => {
    const { live, state, call } = await opened(10);
    live.bootstrap(headOf(10), 10);
    live.skip({ from: 10, to: 20 });
    state.fails = true;
    await expect(fillGap(call, live, { from: 10, to: 20 })).rejects.toMatchObject({ code: 'service-down' });
    expect(live.getState().gaps).toEqual([{ from: 10, to: 20 }]);
  });
});

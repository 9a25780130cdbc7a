import { describe, expect, it } from 'vitest';
import { Together } from './together.ts';

const refusal = new Error('no');

/** Groups wait for `go`; an order `bad` fails its whole group. */
function bench(tryEach: boolean) {
  const groups: string[][] = [];
  let go = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    go = resolve;
  });
  const together = new Together<string, string>({
    ...{ lanes: 1, most: 3 },
    doAll: async (orders) => {
      groups.push([...orders]);
      await first;
      if (orders.includes('bad')) throw refusal;
      return orders.map((order) => (order === 'refused' ? { failed: refusal } : { done: `${order}!` }));
    },
    tryEach: () => tryEach,
  });
  const all = (...orders: string[]) => Promise.allSettled(orders.map((order) => together.do(order)));
  return { groups, go, all };
}

const said = (results: readonly PromiseSettledResult<string>[]) =>
  results.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'));

describe('orders that go together', () => {
  it('go at once when nobody is ahead, and in groups behind whoever is', async () => {
    const { groups, go, all } = bench(true);
    const results = all('a', 'b', 'c', 'd', 'e');
    go();
    expect(said(await results)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!']);
    expect(groups).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  it('are refused each by itself', async () => {
    const { groups, go, all } = bench(true);
    const results = all('a', 'b', 'refused', 'c');
    go();
    expect(said(await results)).toEqual(['a!', 'b!', 'failed', 'c!']);
    expect(groups).toHaveLength(2);
  });

  it('are tried one by one when one of them fails all', async () => {
    const { groups, go, all } = bench(true);
    const results = all('a', 'b', 'bad', 'c');
    go();
    expect(said(await results)).toEqual(['a!', 'b!', 'failed', 'c!']);
    expect(groups.slice(2)).toEqual([['b'], ['bad'], ['c']]);
  });

  it('fail together when trying again is of no use, and the next ones go on', async () => {
    const { go, all } = bench(false);
    const results = all('a', 'b', 'bad', 'c', 'd');
    go();
    expect(said(await results)).toEqual(['a!', 'failed', 'failed', 'failed', 'd!']);
  });
});

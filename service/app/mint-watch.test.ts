import { describe, expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import { mintWatch } from './mint-watch.ts';

/** A database that answers every query with these rows. */
function answering(rows: () => object[]): Pick<Database, 'kysely'> {
  const query: object = new Proxy(() => undefined, {
    get: (_target, name) => (name === 'executeTakeFirst' ? async () => rows()[0] : () => query),
  });
  return { kysely: query as Database['kysely'] };
}

describe('mintWatch', () => {
  it('wants a worker while there is an open job, and lets it go half a minute after the last one', async () => {
    let open = true;
    const said: boolean[] = [];
    const watch = mintWatch(
      answering(() => (open ? [{ id: 'mjb_1' }] : [])),
      (wanted) => said.push(wanted),
    );
    await watch.run();
    expect(said).toEqual([true]);
    open = false;
    for (let look = 1; look * watch.everyMs < 30_000; look += 1) await watch.run();
    expect(said).toEqual([true]);
    for (let look = 0; look < 10; look += 1) await watch.run();
    expect(said).toEqual([true, false]);
  });
});

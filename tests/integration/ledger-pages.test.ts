import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, transact } from '../../service/db/database.ts';
import { integrateBatch } from '../../service/ledger/integrator/batch.ts';
import { macKeyOf } from '../../service/ledger/mac.ts';
import type { StagedEvent } from '../../service/ledger/staging.ts';
import { createLedgerStore, type LedgerStore, type PageQuery } from '../../service/ledger/store.ts';
import { ledgerEntry } from '../../shared/ledger/entry.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';
import { anEvent, integratorDeps, stageMany, stagingFor } from '../fixtures/ledger.ts';

let cluster: TestCluster;
let api: Database;
let integrator: Database;
let store: LedgerStore;

beforeAll(async () => {
  cluster = await startTestCluster();
  api = cluster.open('api');
  integrator = cluster.open('integrator');
  store = createLedgerStore(api, macKeyOf(cluster.keys.stagingMac));
});
beforeEach(() => cluster.reset());
afterAll(() => cluster.stop());

const batch = () => transact(integrator, (tx) => integrateBatch(tx, integratorDeps(cluster)));

/** All entries carry the same time: only the cursor's tie-break keeps them apart. */
const SAME_TIME = new Date('2026-01-02T03:04:05.678Z');
const stage = (count: number, event?: (i: number) => StagedEvent) =>
  stageMany(
    api,
    stagingFor(cluster, () => SAME_TIME),
    count,
    event,
  );

/** Pages to the end; `between` runs after each page. */
async function readAll(
  query: Omit<PageQuery, 'cursor'>,
  between: () => Promise<unknown> = async () => undefined,
) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.page({ ...query, cursor });
    expect(page.entries.length).toBeLessThanOrEqual(query.limit);
    ids.push(...page.entries.map((entry) => entry.id));
    cursor = page.nextCursor ?? undefined;
    await between();
  } while (cursor);
  return ids;
}

describe('pages of the ledger', () => {
  it('show pending entries first, then numbers downwards, in the shape of the contract', async () => {
    const numbered = await stage(3);
    await batch();
    const pending = await stage(2);
    const page = await store.page({ limit: 50 });
    expect(page.entries.map((entry) => entry.number)).toEqual([null, null, 2, 1, 0]);
    expect(page.entries.slice(0, 2).map((entry) => entry.id)).toEqual([...pending].sort().reverse());
    expect(page.entries.slice(2).map((entry) => entry.id)).toEqual([...numbered].reverse());
    for (const entry of page.entries) expect(ledgerEntry.parse(entry)).toEqual(entry);
    expect(page.head.size).toBe(3);
  });

  it.each([1, 2, 3, 7])('of %i neither skip nor repeat entries of one moment', async (limit) => {
    const ids = [...(await stage(9)), ...((await batch()) && (await stage(6)))];
    const read = await readAll({ limit });
    expect(read).toHaveLength(15);
    expect(new Set(read)).toEqual(new Set(ids));
  });

  it.each([1, 2, 4])(
    'of %i neither skip nor repeat while the integrator numbers what was pending',
    async (limit) => {
      const before = await stage(5);
      await batch();
      const pending = await stage(7);
      const read = await readAll({ limit }, async () => {
        await stageMany(api, stagingFor(cluster), 1);
        await batch();
      });
      expect(new Set(read).size).toBe(read.length);
      for (const id of [...before, ...pending]) expect(read).toContain(id);
    },
  );

  it('end with no cursor, also when the last page is exactly full', async () => {
    await stage(4);
    await batch();
    const first = await store.page({ limit: 2 });
    expect(first.nextCursor).not.toBeNull();
    const last = await store.page({ limit: 2, cursor: first.nextCursor ?? '' });
    expect(last).toMatchObject({ nextCursor: null });
    expect(last.entries).toHaveLength(2);
    expect((await store.page({ limit: 4 })).nextCursor).toBeNull();
  });
});

describe('filters', () => {
  const events: StagedEvent[] = [
    anEvent(),
    anEvent({
      kind: 'key.revoked',
      data: { keyId: 'key_00000000000000000000000000', displayPrefix: 'th_abc', reason: 'Left the team' },
      actor: { type: 'operator', id: 'opr_ada', name: 'Ada' },
      requestId: 'req_one',
    }),
    anEvent({ actor: { type: 'key', id: 'key_x', name: null }, agent: 'agent_7' }),
  ];

  it.each<[string, Partial<PageQuery>, number[]]>([
    ['category', { category: 'key' }, [1]],
    ['kind', { kind: 'service.started' }, [0, 2]],
    ['actor by id', { actor: 'opr_ada' }, [1]],
    ['actor by name', { actor: 'Ada' }, [1]],
    ['agent', { agent: 'agent_7' }, [2]],
    ['request', { requestId: 'req_one' }, [1]],
    ['text in data, whatever its case', { text: 'LEFT the' }, [1]],
    ['text in the kind', { text: 'revoked' }, [1]],
    ['from, inclusive', { from: SAME_TIME.toISOString() }, [0, 1, 2]],
    ['from, later', { from: '2026-01-02T03:04:05.679Z' }, []],
    ['to, exclusive', { to: SAME_TIME.toISOString() }, []],
    ['to, later', { to: '2026-01-02T03:04:05.679Z' }, [0, 1, 2]],
    ['two at once', { kind: 'service.started', agent: 'agent_7' }, [2]],
    ['nothing that exists', { actor: 'nobody' }, []],
  ])('%s, before and after numbering', async (_name, filter, expected) => {
    const ids = await stage(events.length, (i) => events[i] ?? anEvent());
    const wanted = new Set(expected.map((i) => ids[i]));
    expect(new Set(await readAll({ limit: 2, ...filter }))).toEqual(wanted);
    await batch();
    expect(new Set(await readAll({ limit: 2, ...filter }))).toEqual(wanted);
  });
});

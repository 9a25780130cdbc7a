import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiProcess, hoard, killMidway, liveOf } from '../fixtures/api-kills.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';

const FULL = process.env.SALLYPORT_FAULTS === 'full';
const KEYS = Number(process.env.SALLYPORT_CONTAIN_KEYS ?? (FULL ? 90 : 12));

let cluster: TestCluster;
let api: ApiProcess;
beforeAll(async () => {
  const script = await bundleFixture('api-process');
  cluster = await startTestCluster();
  api = await ApiProcess.open(script, cluster);
}, 180_000);
afterAll(async () => {
  await api?.close();
  await cluster?.stop();
});

describe(`a containment of an account with ${KEYS} keys, whose process is killed in the middle of two steps`, () => {
  it('goes on after each restart until every derived credential is 401, and leaves others alone', async () => {
    const db = cluster.open('migrator', 3);
    const bench = { db, api };
    const ada = await api.enrolFirst();
    const victim = await hoard(api, 'victim@example.org', KEYS);
    const neighbour = await hoard(api, 'neighbour@example.org', 1);
    const before = await liveOf(db, victim.id);
    expect(before.keys).toHaveLength(KEYS);
    const [lastKey = '', agentKey = ''] = [before.keys.at(-1), before.agentKeys[0]];
    const body = { kind: 'account', id: victim.id, name: victim.email, reason: 'stolen', incidentId: null };
    let path = '';

    await killMidway(bench, { table: 'api_keys', id: lastKey }, async () => {
      const ordered = await api.signed('containments.order', '/api/containments', body, ada);
      expect(ordered.status, JSON.stringify(ordered.body)).toBe(202);
      path = `/api/containments/${ordered.body.containment.id}`;
    });
    // The first death took the whole page back: a key is revoked with its entry in the log, or not at all.
    expect(await liveOf(db, victim.id)).toEqual(before);
    await killMidway(bench, { table: 'agent_keys', id: agentKey }, () => api.start());
    expect(await liveOf(db, victim.id)).toEqual({ keys: [], agentKeys: [agentKey] });

    await api.start();
    const finished = async () => expect((await api.get(path)).body.containment.finishedAt).not.toBeNull();
    await vi.waitFor(finished, { timeout: 30_000, interval: 50 });
    expect(await victim.statuses()).toEqual(new Set([401]));
    expect(await neighbour.statuses()).toEqual(new Set([200]));
    const { steps } = (await api.get(path)).body.containment;
    expect(steps.map(({ revoked }: { revoked: number }) => revoked)).toEqual([1, KEYS, 2]);
    const told = db.kysely.selectFrom('ledger_staged').select('id').where('kind', '=', 'key.revoked');
    expect(await told.execute()).toHaveLength(KEYS);
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiProcess, hoard } from '../fixtures/api-kills.ts';
import { bundleFixture } from '../fixtures/bundle.ts';
import { startTestCluster, type TestCluster } from '../fixtures/cluster.ts';

/** More than two pages of a step, so that the kill meets one that is not done. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const KEYS = Number(process.env.SALLYPORT_CONTAIN_KEYS ?? (FULL ? 2_000 : 240));

let cluster: TestCluster;
let api: ApiProcess;
beforeAll(async () => {
  const [started, script] = await Promise.all([startTestCluster(), bundleFixture('api-process')]);
  cluster = started;
  api = await ApiProcess.open(script, cluster);
});
afterAll(async () => {
  await api?.close();
  await cluster.stop();
});

describe(`a containment of an account with ${KEYS} keys, whose process is killed halfway`, () => {
  it('goes on after a restart until every derived credential is 401, and leaves others alone', async () => {
    const db = cluster.open('migrator', 2);
    const ada = await api.enrolFirst();
    const victim = await hoard(api, 'victim@example.org', KEYS);
    const neighbour = await hoard(api, 'neighbour@example.org', 1);
    const body = { kind: 'account', id: victim.id, name: victim.email, reason: 'stolen', incidentId: null };
    const ordered = await api.signed('containments.order', '/api/containments', body, ada);
    expect(ordered.status, JSON.stringify(ordered.body)).toBe(202);
    const path = `/api/containments/${ordered.body.containment.id}`;
    const left = async () =>
      (
        await db.kysely
          .selectFrom('api_keys')
          .select('id')
          .where('account_id', '=', victim.id)
          .where('revoked_at', 'is', null)
          .execute()
      ).length;
    await vi.waitFor(async () => expect(await left()).toBeLessThan(KEYS), { timeout: 30_000, interval: 2 });
    await api.kill();
    const atKill = await left();
    expect(atKill).toBeGreaterThan(0);
    expect(atKill).toBeLessThan(KEYS);

    await api.start();
    await vi.waitFor(async () => expect((await api.get(path)).body.containment.finishedAt).not.toBeNull(), {
      timeout: 60_000,
      interval: 50,
    });
    process.stderr.write(`containment kill: ${atKill} of ${KEYS} keys were left, 0 are now\n`);
    expect(await left()).toBe(0);
    expect(await victim.statuses()).toEqual(new Set([401]));
    expect(await neighbour.statuses()).toEqual(new Set([200]));
    const { steps } = (await api.get(path)).body.containment;
    expect(steps.map(({ revoked }: { revoked: number }) => revoked)).toEqual([1, KEYS, 2]);
    // A key is revoked once, and told once, whatever was rolled back.
    const told = await db.kysely
      .selectFrom('ledger_staged')
      .select('id')
      .where('kind', '=', 'key.revoked')
      .execute();
    expect(told).toHaveLength(KEYS);
  });
});

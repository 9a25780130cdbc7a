import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertIncident } from '../../service/boundaries/incidents/store.ts';
import { transact } from '../../service/db/database.ts';
import { STALE_AFTER_MS } from '../../shared/boundaries/health.ts';
import { type BoundariesState, boundariesState } from '../../shared/http/boundaries.ts';
import type { ProbesState } from '../../shared/http/boundary-probes.ts';
import type { ConsoleView } from '../../shared/http/console-checks.ts';
import { HANDED_INCIDENTS } from '../../shared/http/handovers.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { told } from '../fixtures/incidents.ts';
import { operatorActs } from '../fixtures/operators.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
});
afterEach(() => api.close());

const state = async (): Promise<BoundariesState> =>
  boundariesState.parse((await api.get('/api/boundaries')).body);
async function boundary(id: BoundariesState['boundaries'][number]['id']) {
  const found = (await state()).boundaries.find((b) => b.id === id);
  if (!found) throw new Error(`no boundary ${id}`);
  return { ...found, signals: Object.fromEntries(found.signals.map((s) => [s.name, s.value])) };
}

describe('the four boundaries', () => {
  it('count what really crossed', async () => {
    expect(await boundary('client-api')).toMatchObject({ state: 'idle', signals: { requests: 0 } });
    await api.get('/api/v1/tokenhall/key', { authorization: 'Bearer nonsense' });
    const { signals } = await boundary('client-api');
    expect(signals).toMatchObject({ requests: 2, 'refused-credentials': 1, failures: 0 });
  });

  it('say that nothing goes to providers, instead of showing it green', async () => {
    expect(await boundary('api-provider')).toMatchObject({ state: 'idle', signals: { generations: 0 } });
  });

  it('show the ledger’s head and what waits for a number', async () => {
    await api.enrolFirst();
    api.clock.advance(700);
    expect((await state()).ledger).toMatchObject({ size: 0, pending: 1, oldestPendingMs: 700 });
    expect(await boundary('api-database')).toMatchObject({ state: 'healthy' });
    api.clock.advance(800);
    expect(await boundary('api-database')).toMatchObject({
      state: 'attention',
      signals: { 'pending-age': 1_500 },
    });
    api.clock.advance(4_000);
    expect(await boundary('api-database')).toMatchObject({ state: 'failing' });
  });

  it('look at the rows of keys and the modes of files', async () => {
    const operator = await api.enrolFirst();
    await api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'a' } }, operator);
    expect(await boundary('secret-persistence')).toMatchObject({
      state: 'healthy',
      signals: { keys: 1, 'keys-active': 1, 'keys-hashed': 1, 'files-open': 0 },
    });
    await writeFile(join(api.dataDir, 'leak'), '', { mode: 0o644 });
    await chmod(join(api.dataDir, 'leak'), 0o644);
    const leaking = await boundary('secret-persistence');
    expect(leaking).toMatchObject({ state: 'failing', signals: { 'files-open': 1 } });
    expect(leaking.reasons[0]).toContain('leak (0644)');
  });
});

describe('a console that attacked itself', () => {
  const held = { status: 'ok', evidence: 'As it should be.' } as const;
  const weak = { status: 'weak', evidence: 'Not as shipped: RunAsNode.' } as const;
  const healthy = { packaged: true, keychain: held, fuses: held, sandbox: held, durationMs: 5 };
  const path = '/api/boundaries/console';
  const report = (by: TestOperator, body: object = healthy) =>
    api.signed({ route: 'boundaries.checkConsole', path, body: body as typeof healthy }, by);
  const fuse = async () => {
    const { probes, tiles } = (await api.get('/api/boundaries/probes')).body as ProbesState;
    const red = tiles.filter((tile) => tile.state === 'broken').map(({ tile }) => tile);
    return { ...probes.find(({ probe }) => probe === 'missing-fuse'), red };
  };

  it('turns the tiles of a weak control red until it is mended, and nobody else’s report covers it', async () => {
    const ada = await api.enrolFirst('Ada');
    const bob = await operatorActs(() => api).join('Bob', 'reviewer', ada);
    expect((await fuse()).state).toBeUndefined();
    expect((await report(ada)).body.outcomes).toHaveLength(3);
    expect(await fuse()).toMatchObject({ state: 'held', red: [] });
    const { eventId } = (await report(bob, { ...healthy, fuses: weak })).body;
    const red = ['secret-persistence', 'control'];
    expect(await fuse()).toMatchObject({ state: 'broken', red });
    expect((await fuse()).evidence).toBe('Console of Bob: Not as shipped: RunAsNode.');
    expect(await boundary('secret-persistence')).toMatchObject({ state: 'failing', probes: 'broken' });
    await report(ada);
    expect(await fuse()).toMatchObject({ state: 'broken', red });
    expect(await told(db, 'console.weak')).toMatchObject([
      { probe: 'missing-fuse', control: 'shipped-fuses' },
    ]);
    const history = '/api/boundaries/probes/history?probe=missing-fuse';
    expect((await api.get(history)).body.outcomes).toHaveLength(3);
    api.clock.advance(1);
    expect((await report(bob)).body.eventId).not.toBe(eventId);
    expect(await fuse()).toMatchObject({ state: 'held', red: [] });
  });

  it('turns them grey when it falls silent, weak or not', async () => {
    const ada = await api.enrolFirst('Ada');
    await report(ada);
    api.clock.advance(STALE_AFTER_MS + 1);
    expect((await fuse()).state).toBe('stale');
    await report(ada, { ...healthy, fuses: weak });
    expect((await fuse()).state).toBe('broken');
    api.clock.advance(STALE_AFTER_MS + 1);
    expect(await fuse()).toMatchObject({ state: 'stale', red: [] });
  });

  it('is listed with its last report, the worst first, until its operator is revoked', async () => {
    const ada = await api.enrolFirst('Ada');
    const acts = operatorActs(() => api);
    const bob = await acts.join('Bob', 'reviewer', ada);
    const list = async () => {
      const { consoles } = (await api.get('/api/boundaries/consoles')).body;
      return consoles.map((one: ConsoleView) => [one.name, one.state, one.reportedAt]);
    };
    expect(await list()).toEqual([
      ['Ada', 'untried', null],
      ['Bob', 'untried', null],
    ]);
    const began = api.clock.now().toISOString();
    await report(ada);
    await report(bob, { ...healthy, fuses: weak });
    expect(await list()).toEqual([
      ['Bob', 'broken', began],
      ['Ada', 'held', began],
    ]);
    api.clock.advance(STALE_AFTER_MS + 1);
    await report(ada);
    expect(await list()).toEqual([
      ['Bob', 'stale', began],
      ['Ada', 'held', api.clock.now().toISOString()],
    ]);
    await acts.revoke(bob.id, ada);
    expect((await list()).map(([name]: [string]) => name)).toEqual(['Ada']);
    expect((await api.get('/api/boundaries/consoles', {})).status).toBe(401);
  });

  it('is an operator’s, who is not revoked, and says what a console can say', async () => {
    const ada = await api.enrolFirst('Ada');
    const acts = operatorActs(() => api);
    const bob = await acts.join('Bob', 'reviewer', ada);
    expect((await report(bob, { ...healthy, fuses: { ...weak, status: 'fine' } })).status).toBe(400);
    expect((await report(bob, { ...healthy, operatorId: bob.id })).status).toBe(400);
    expect((await api.post(path, healthy, api.adminToken)).status).toBe(401);
    expect((await fuse()).state).toBeUndefined();
    await report(bob, { ...healthy, fuses: weak });
    expect((await acts.revoke(bob.id, ada)).status).toBe(200);
    expect((await report(bob)).status).toBe(401);
    expect(await fuse()).toMatchObject({ red: [] });
    expect((await fuse()).state).toBeUndefined();
  });
});

describe('a hand-over of the shift', () => {
  const incidentId = makeId('incident', Buffer.alloc(10, 1), 0);
  const refused = (status: number, type: string) => ({ status, body: { error: { type } } });
  const shift = async () => (await api.get('/api/shift')).body.shift;
  const give = async (by: TestOperator, change: object = {}) => {
    const { incidents, freezeId, wallets } = await shift();
    const body = { incidents, freezeId, wallets, note: 'ask the owner at eight', ...change };
    return api.signed({ route: 'shift.hand-over', path: '/api/shift/hand-over', body }, by);
  };
  const take = (by: TestOperator, { id, digest }: { id: string; digest: string }) =>
    api.signed({ route: 'shift.take-over', path: `/api/shift/hand-overs/${id}/take`, body: { digest } }, by);
  const open = () =>
    transact(db, (tx) =>
      insertIncident(tx, {
        ...{ id: incidentId, title: 'A refresh token was used twice', asset: 'control', goal: 'impersonate' },
        ...{ severity: 2, rank: 2, at: api.clock.now() },
      }),
    );
  let ada: TestOperator;
  let bob: TestOperator;

  beforeEach(async () => {
    ada = await api.enrolFirst('Ada');
    bob = await operatorActs(() => api).join('Bob', 'responder', ada);
    await open();
  });

  it('is signed by whoever goes and by whoever comes, over what stood open', async () => {
    const given = await give(ada);
    expect(given).toMatchObject({
      status: 201,
      body: { handover: { state: 'waiting', givenByName: 'Ada' } },
    });
    const { handover } = given.body;
    expect(handover.incidents).toEqual([{ id: incidentId, state: 'open', alerts: 0 }]);
    expect(await take(bob, handover)).toMatchObject({
      status: 200,
      body: { handover: { state: 'taken', takenByName: 'Bob' } },
    });
    const { digest } = handover;
    expect(await told(db, 'shift.handed-over')).toMatchObject([
      { incidents: [incidentId], freezeId: null, digest },
    ]);
    expect(await told(db, 'shift.taken-over')).toMatchObject([{ handoverId: handover.id, digest }]);
    expect((await shift()).since).toBe(api.clock.now().toISOString());
  });

  it('is refused over what is no longer so, and to whoever may not act', async () => {
    expect(await give(ada, { incidents: [] })).toMatchObject(refused(409, 'conflict'));
    const seen = await shift();
    await api.signed({ route: 'freeze.order', path: '/api/freeze', body: { reason: 'drain' } }, bob);
    expect(await give(ada, { freezeId: seen.freezeId })).toMatchObject(refused(409, 'conflict'));
    expect(await give(ada, { note: ' ' })).toMatchObject(refused(400, 'invalid_body'));
    expect((await give(ada)).body.handover.freezeId).toMatch(/^frz_/);
    expect(await told(db, 'shift.handed-over')).toHaveLength(1);
  });

  it('is refused while more is open than it can name, instead of signing a part for the whole', async () => {
    const one = { title: 'x', asset: 'plain', goal: 'disrupt', severity: 3, rank: 3 } as const;
    await transact(db, async (tx) => {
      for (let n = 2; n <= HANDED_INCIDENTS + 1; n += 1)
        await insertIncident(tx, {
          ...one,
          id: makeId('incident', Buffer.alloc(10, n), 0),
          at: api.clock.now(),
        });
    });
    expect((await shift()).incidents).toHaveLength(HANDED_INCIDENTS);
    expect(await give(ada)).toMatchObject(refused(409, 'conflict'));
    expect(await told(db, 'shift.handed-over')).toEqual([]);
  });

  it('is taken by another person only, once, as it was given, and only the newest', async () => {
    const first = (await give(ada)).body.handover;
    expect(await take(ada, first)).toMatchObject(refused(403, 'same_person'));
    expect(await take(bob, { ...first, digest: '0'.repeat(64) })).toMatchObject(
      refused(401, 'digest_mismatch'),
    );
    api.clock.advance(1_000);
    const second = (await give(ada)).body.handover;
    expect(await take(bob, first)).toMatchObject(refused(409, 'conflict'));
    const both = await Promise.all([take(bob, second), take(bob, second)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await shift()).handovers.map((one: { state: string }) => one.state)).toEqual([
      'taken',
      'replaced',
    ]);
    await expect(
      db.kysely
        .updateTable('handovers')
        .set({ taken_by_name: 'Mallory' })
        .where('id', '=', second.id)
        .execute(),
    ).rejects.toThrow();
    expect(await told(db, 'shift.taken-over')).toHaveLength(1);
  });
});

describe('metrics', () => {
  it('are told to whoever holds the admin token, in the format that was asked for', async () => {
    const operator = await api.enrolFirst();
    const made = await api.signed(
      { route: 'keys.create', path: '/api/keys', body: { label: 'a' } },
      operator,
    );
    await api.get('/api/v1/tokenhall/key', { authorization: 'Bearer nonsense' });
    const old = await api.get('/metrics');
    expect(old.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(old.text).toContain('sallyport_requests_refused_total{reason="credential"} 1\n');
    expect(old.text).toContain('sallyport_ledger_entries_pending 2\n');
    expect(old.text).toContain('sallyport_database_up 1\n');
    const open = await api.get('/metrics', {
      authorization: `Bearer ${api.adminToken}`,
      accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5',
    });
    expect(open.headers['content-type']).toContain('application/openmetrics-text');
    expect(open.text.endsWith('# EOF\n')).toBe(true);
    for (const secret of [made.body.secret, made.body.key.displayPrefix, api.adminToken, '127.0.0.1'])
      expect(old.text + open.text).not.toContain(secret);
  });

  it('are told to nobody else', async () => {
    expect((await api.get('/metrics', {})).status).toBe(401);
    expect((await api.get('/metrics', { authorization: 'Bearer nonsense' })).status).toBe(401);
  });
});

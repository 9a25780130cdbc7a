import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ALERT_RULES } from '../../service/boundaries/alerts/catalogue.ts';
import { runAlerts } from '../../service/boundaries/alerts/run.ts';
import type { Gravity } from '../../service/boundaries/incidents/rules.ts';
import { transact } from '../../service/db/database.ts';
import type { Integrator } from '../../service/ledger/integrator/integrator.ts';
import type { Staging } from '../../service/ledger/staging.ts';
import { enterClosedMinutes } from '../../service/limits/refusals.ts';
import { tellSources } from '../../service/limits/sources.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { dyingAfter, integrated, liveWeek, record, runJob, told } from '../fixtures/incidents.ts';
import { startTestIntegrator } from '../fixtures/ledger.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { graverFirst, normal, SCENES, WEEK } from '../fixtures/week.ts';

const cluster = await startTestCluster();
const db = cluster.open('api', 12);
let integrator: Integrator;
let clock: TestClock;
let staging: Staging;
/** Two instances on one database. */
let one: TestApi;
let two: TestApi;
let ada: TestOperator;

beforeAll(async () => {
  integrator = await startTestIntegrator(cluster);
});
afterAll(async () => {
  await integrator.stop();
  await cluster.stop();
});

beforeEach(async () => {
  await integrator.stop();
  await cluster.reset();
  integrator = await startTestIntegrator(cluster);
  clock = new TestClock();
  staging = testStaging(clock, cluster.keys.stagingMac);
  one = await startTestApi({ db, clock, staging });
  two = await startTestApi({ db, clock, staging });
  ada = await one.enrolFirst('Ada');
});
afterEach(async () => {
  await one.close();
  await two.close();
});

const id = (kind: 'account' | 'accountSession' | 'generation' | 'key') =>
  makeId(kind, randomBytes(10), clock.ms);
const random = (bytes: number) => randomBytes(bytes);
const both = () => Promise.all([one, two, one, two].map((api) => runJob(api, 'alerts')));
const alerts = async (query = '') => (await one.get(`/api/alerts${query}`)).body.alerts;
const incidents = async () => (await two.get('/api/incidents')).body.incidents;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const refused = (status: number, type: string) => ({ status, body: { error: { type } } });

const reuseOf = (accountId: string) => ({ accountId, sessionId: id('accountSession'), generation: 2 });
const overHold = (keyId: string) => ({
  ...{ generationId: id('generation'), keyId, model: 'm' },
  ...{ held: '1.00000000', cost: '2.00000000', loss: '1.00000000' },
});

describe('alerts of the running service', () => {
  it('are raised once by two instances that read at the same time, and grouped by whom they are about', async () => {
    const victim = id('account');
    const opened = Array.from({ length: 21 }, () => ({ accountId: victim, sessionId: id('accountSession') }));
    await record(db, staging, 'session.opened', opened);
    await record(db, staging, 'session.reuse-detected', [reuseOf(victim)]);
    await record(db, staging, 'generation.over-hold', [overHold(id('key'))]);
    await both();
    await both();
    expect(
      (await alerts()).map((a: { rule: string; occurrences: number }) => [a.rule, a.occurrences]).sort(),
    ).toEqual([
      ['cost-above-hold', 1],
      ['refresh-reuse', 1],
      ['session-storm', 1],
    ]);
    expect(await told(db, 'alert.raised')).toHaveLength(3);
    const ranked = await incidents();
    expect(
      ranked.map((i: { asset: string; goal: string; alerts: number }) => [i.asset, i.goal, i.alerts]),
    ).toEqual([
      ['control', 'impersonate', 2],
      ['money', 'drain', 1],
    ]);
  });

  it('lose and double nothing when the reader dies between any two writes', async () => {
    await record(db, staging, 'session.reuse-detected', [reuseOf(id('account')), reuseOf(id('account'))]);
    for (let calls = 0; calls < 3; calls += 1) {
      const dying = { db, staging: dyingAfter(staging, calls), random, now: () => clock.now() };
      await expect(runAlerts(dying)).rejects.toThrow('killed');
      expect(await alerts()).toEqual([]);
    }
    await both();
    expect(await alerts()).toHaveLength(2);
    expect(await told(db, 'alert.raised')).toHaveLength(2);
    expect(await told(db, 'incident.opened')).toHaveLength(1);
  });

  it('are acknowledged as they were read, and ring again when it happens again', async () => {
    const victim = id('account');
    await record(db, staging, 'session.reuse-detected', [reuseOf(victim)]);
    await both();
    const [alert] = await alerts();
    const acknowledge = (occurrences: number) =>
      one.signed(
        { route: 'alerts.acknowledge', path: `/api/alerts/${alert.id}/acknowledge`, body: { occurrences } },
        ada,
      );
    expect(await acknowledge(2)).toMatchObject(refused(409, 'conflict'));
    expect((await acknowledge(1)).body.alert.acknowledgedAt).not.toBeNull();
    await record(db, staging, 'session.reuse-detected', [reuseOf(victim)]);
    await both();
    const [again] = await alerts('?state=firing');
    expect([again.id, again.occurrences, again.acknowledgedAt]).toEqual([alert.id, 2, null]);
    expect((await told(db, 'alert.raised')).map(({ again: twice }) => twice).sort()).toEqual([false, true]);
  });

  it('cease with time, and a new one opens no second incident while the first is unclosed', async () => {
    const victim = id('account');
    await record(db, staging, 'session.reuse-detected', [reuseOf(victim)]);
    await both();
    await integrated(db); // What still waits for its number would be an hour old, and that is an alert of its own.
    clock.advance(3_601_000);
    await both();
    expect(await alerts('?state=firing')).toEqual([]);
    await record(db, staging, 'session.reuse-detected', [reuseOf(victim)]);
    await both();
    expect(await alerts()).toHaveLength(2);
    expect(await incidents()).toHaveLength(1);
  });

  it('tell of an address that guesses, by keyed hash and from both instances together', async () => {
    const guess = (api: TestApi) => api.get('/api/keys', bearer(randomBytes(32).toString('base64url')));
    await Promise.all(Array.from({ length: 101 }, (_, i) => guess(i % 2 ? one : two)));
    await Promise.all([one, two].map((api) => api.refusals.flush(db)));
    clock.advance(63_000);
    await Promise.all([0, 1].map(() => tellSources(db, staging, clock.now())));
    await enterClosedMinutes(db, staging, clock.now());
    await integrated(db);
    await both();
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect([alert.rule, alert.value, alert.occurrences]).toEqual(['authentication-failures', '101', 1]);
    expect(alert.subject).not.toContain('127.0.0.1');
    expect(JSON.stringify(await told(db, 'auth.sources'))).not.toContain('127.0.0.1');
  });

  it('tell of whoever uses a secret that was planted, and of nobody else', async () => {
    const body = { label: 'old backup', family: 'inference' };
    const planted = await one.signed({ route: 'canaries.plant', path: '/api/canaries', body }, ada);
    const { secret, canary } = planted.body;
    const use = (key: string) => two.get('/api/v1/tokenhall/key', bearer(key));
    expect((await use(`th_${randomBytes(32).toString('base64url')}`)).status).toBe(401);
    await runJob(two, 'canaries');
    expect(await told(db, 'canary.used')).toEqual([]);
    const answers = [await use(secret), await use(secret)];
    expect(answers.map(({ status, body: { error } }) => [status, error.type])).toEqual(
      Array(2).fill([401, 'unauthorized']),
    );
    await runJob(two, 'canaries');
    await integrated(db);
    await both();
    expect((await alerts()).map((a: { rule: string; subject: string }) => [a.rule, a.subject])).toEqual([
      ['canary-used', canary.id],
    ]);
    expect(await told(db, 'canary.used')).toMatchObject([{ uses: 2, label: 'old backup' }]);
    expect(JSON.stringify((await one.get('/api/canaries')).body)).not.toContain(secret);
    expect(one.logged() + two.logged()).not.toContain(secret);
  });

  it('tell that the log takes nothing, and that it does again', async () => {
    await integrator.stop();
    await transact(db, (tx) =>
      staging.stage(tx, {
        ...{ kind: 'session.reuse-detected', data: reuseOf(id('account')), agent: null, requestId: null },
        actor: { type: 'system', id: 'test', name: null },
      }),
    );
    clock.advance(6_000);
    await both();
    expect((await alerts()).map((a: { rule: string }) => a.rule)).toEqual(['log-silent']);
    integrator = await startTestIntegrator(cluster);
    await integrated(db);
    await both();
    const silent = (await alerts()).find((a: { rule: string }) => a.rule === 'log-silent');
    expect(silent.state).toBe('quiet');
  });

  it('show what another threshold would have raised, and write nothing', async () => {
    const opened = Array.from({ length: 12 }, () => ({
      accountId: id('account'),
      sessionId: id('accountSession'),
    }));
    const accountId = id('account');
    await record(
      db,
      staging,
      'session.opened',
      opened.map((session) => ({ ...session, accountId })),
    );
    const dry = async (above: string) =>
      (await one.get(`/api/alert-rules/session-storm/dry-run${above}`)).body;
    expect(await dry('')).toMatchObject({ alerts: [], entries: 12, complete: true });
    expect((await dry('?above=10')).alerts).toMatchObject([{ subject: accountId, occurrences: 2 }]);
    expect(await alerts()).toEqual([]);
    expect((await one.get('/api/alert-rules')).body.rules).toHaveLength(ALERT_RULES.length);
    expect(await one.get('/api/alert-rules/none/dry-run')).toMatchObject(refused(404, 'not_found'));
  });
});

describe('a week with attacks in its traffic', () => {
  it('opens one incident for each attack, of the right rank, and none for anything else', async () => {
    // Every sixth hour of it is enough to be wrong about; SALLYPORT_FAULTS=full takes all of it.
    const every = process.env.SALLYPORT_FAULTS === 'full' ? 1 : 360;
    const silentFrom = SCENES.flatMap((scene) => scene.silentFrom ?? [])[0];
    // What still waits would be years old on the week's clock.
    await integrated(db);
    await integrator.stop();
    await liveWeek(db, cluster.open('migrator', 1), [
      ...normal(WEEK, silentFrom).filter(([, minutes]) => minutes % every === 0),
      ...SCENES.flatMap((scene) => scene.told),
    ]);
    const raised = (await alerts()).map((a: { rule: string; subject: string }) => `${a.rule} ${a.subject}`);
    expect(raised.sort()).toEqual(SCENES.map(({ rule, subject }) => `${rule} ${subject}`).sort());
    const opened = (await incidents()).map((i: Gravity) => [i.asset, i.goal, i.severity]);
    expect(opened).toEqual(SCENES.map(({ gravity }) => gravity).sort(graverFirst));
  });
});

describe('an incident', () => {
  const opened = async () => {
    await record(db, staging, 'session.reuse-detected', [reuseOf(id('account'))]);
    await both();
    const [incident] = await incidents();
    const path = `/api/incidents/${incident.id}`;
    const move = (to: string, title = incident.title) =>
      one.signed(
        { route: 'incidents.move', path: `${path}/state`, body: { to, title, reason: 'seen' } },
        ada,
      );
    const note = (text: string) =>
      one.signed({ route: 'incidents.note', path: `${path}/notes`, body: { note: text } }, ada);
    return { incident, path, move, note };
  };

  it('keeps its notes, its steps and a timeline of what was done', async () => {
    const { path, note, move } = await opened();
    expect((await note('called the owner')).status).toBe(201);
    expect((await move('acknowledged')).status).toBe(200);
    await integrated(db);
    const { body } = await one.get(path);
    expect(body.notes.map((n: { note: string }) => n.note)).toEqual(['called the owner']);
    expect(body.steps.map((s: { route: string }) => s.route)).toContain('containments.order');
    const { entries } = (await one.get(`${path}/timeline`)).body;
    const kinds = entries.map((e: { kind: string }) => e.kind);
    expect(kinds).toEqual([
      ...[
        'session.reuse-detected',
        'incident.opened',
        'alert.raised',
        'incident.noted',
        'incident.state-changed',
      ],
    ]);
  });

  it('is not closed over an alert that nobody looked at, nor under another name, nor twice', async () => {
    const { incident, move } = await opened();
    expect(await move('closed')).toMatchObject(refused(409, 'conflict'));
    expect(await move('contained', 'something else')).toMatchObject(refused(409, 'name_mismatch'));
    await integrated(db);
    clock.advance(3_601_000);
    await both();
    expect((await move('closed')).body.incident.state).toBe('closed');
    expect(await move('closed')).toMatchObject(refused(409, 'conflict'));
    await expect(
      db.kysely.updateTable('incidents').set({ state: 'open' }).where('id', '=', incident.id).execute(),
    ).rejects.toMatchObject({ constraint: 'incidents_stay_closed' });
  });

  it('that was contained opens again when more comes', async () => {
    const { move } = await opened();
    await move('contained');
    await record(db, staging, 'session.reuse-detected', [reuseOf(id('account'))]);
    await both();
    expect((await incidents()).map((i: { state: string }) => i.state)).toEqual(['open']);
  });
});

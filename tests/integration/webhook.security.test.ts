import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAlerts } from '../../service/boundaries/alerts/run.ts';
import { announcing } from '../../service/boundaries/webhook/announce.ts';
import { Deliverer } from '../../service/boundaries/webhook/deliver.ts';
import { Tally } from '../../service/boundaries/webhook/tally.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { selfSigned } from '../fixtures/certificate.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { dyingAfter, runJob, told } from '../fixtures/incidents.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { isGenuine, type Peer, startPeer } from '../fixtures/webhook-peer.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
let clock: TestClock;

describe('the webhook of alerts', () => {
  const HOUR = 3_600_000;
  let ada: TestOperator;
  let peer: Peer;
  const act = (what: string, body: object, by = api) =>
    by.signed(
      {
        route: `webhook.${what}` as 'webhook.set',
        path: `/api/webhook${what === 'set' ? '' : `/${what}`}`,
        body: body as { url: string },
      },
      ada,
    );
  const reopen = async (privateNetworks: string[], ca: string | null = null, callMs = 300) => {
    const settings = { webhook: { privateNetworks, ca, callMs } };
    return startTestApi({ db, clock, settings, staging: testStaging(clock, cluster.keys.stagingMac) });
  };
  const set = async () => (await act('set', { url: peer.url })).body;
  const stateNow = async () => (await api.get('/api/webhook')).body;
  const last = async () => (await stateNow()).deliveries[0];
  const run = (by = api) => runJob(by, 'webhook');
  const kinds = () => peer.received.map(({ body }) => JSON.parse(body).type);

  beforeEach(async () => {
    peer = await startPeer();
    await cluster.reset();
    clock = new TestClock();
    api = await reopen(['127.0.0.0/8']);
    ada = await api.enrolFirst('Ada');
  });
  afterEach(async () => {
    await api.close();
    await peer[Symbol.asyncDispose]();
  });

  it('tells alerts and incidents, signed with the secret that was shown once', async () => {
    const { webhook, secret } = await set();
    clock.advance(6_000); // Nobody numbers entries here, and that is an alert.
    await runJob(api, 'alerts');
    const { incidents } = (await api.get('/api/incidents')).body;
    const body = { to: 'acknowledged', title: incidents[0].title, reason: 'Zoe of Elm St called' } as const;
    const path = `/api/incidents/${incidents[0].id}/state`;
    expect((await api.signed({ route: 'incidents.move', path, body }, ada)).status).toBe(200);
    expect((await act('test', { webhookId: webhook.id })).status).toBe(202);
    await run();
    expect(kinds().sort()).toEqual([
      ...['alert.raised', 'incident.opened', 'incident.state-changed', 'webhook.tested'],
    ]);
    for (const one of peer.received) {
      expect(isGenuine(secret, one)).toBe(true);
      expect(one.headers['webhook-id']).toBe(JSON.parse(one.body).id);
      expect(one.body).not.toContain('Zoe');
    }
    expect(await stateNow()).toMatchObject({ backlog: 0, dead: 0, webhook: { failures: 0 } });
    expect(
      api.logged() + JSON.stringify(await stateNow()) + JSON.stringify(await told(db, 'webhook.set')),
    ).not.toContain(secret.slice(6));
  });

  it('tries again with the same id and bytes after 500, a redirect that it does not follow, and silence', async () => {
    const { webhook, secret } = await set();
    await act('test', { webhookId: webhook.id });
    peer.answers(500, 307, 'hang');
    for (const [error, status] of [
      ['status', 500],
      ['redirect', 307],
      ['timeout', null],
    ] as const) {
      await run();
      expect(await last()).toMatchObject({ state: 'pending', error, status });
      await run(); // It is not due yet.
      clock.advance(HOUR);
    }
    await run();
    expect(await last()).toMatchObject({ state: 'delivered', attempts: 4, status: 204, error: null });
    expect(peer.received.map(({ path }) => path)).toEqual(Array(4).fill('/hook'));
    expect(new Set(peer.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(
      1,
    );
    expect(new Set(peer.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(4);
    expect(peer.received.every((one) => isGenuine(secret, one))).toBe(true);
  });

  it('gives up in the end, says so once, and tries again when somebody asks', async () => {
    const { webhook } = await set();
    await act('test', { webhookId: webhook.id });
    peer.answers(...Array(20).fill(503));
    for (let i = 0; i < 21; i += 1, clock.advance(HOUR)) await run();
    expect(await stateNow()).toMatchObject({ backlog: 0, dead: 1, webhook: { failures: 20 } });
    expect(await told(db, 'webhook.failing')).toMatchObject([{ failures: 5, because: 'status 503' }]);
    const { text } = await api.get('/metrics');
    for (const sample of [
      ...['failures_total{reason="status"} 20', 'given_up_total 1', 'failing 1', 'messages{state="dead"} 1'],
    ])
      expect(text).toContain(`sallyport_webhook_${sample}\n`);
    expect((await act('retry', { webhookId: webhook.id })).body).toMatchObject({ retried: 1 });
    await run();
    expect(peer.received).toHaveLength(21);
    expect(await told(db, 'webhook.restored')).toEqual([{ webhookId: webhook.id, because: 'delivered' }]);
    expect((await act('retry', { webhookId: webhook.id })).status).toBe(409);
  });

  it('goes to no private address, whatever name leads there', async () => {
    await using strict = { api: await reopen([]), [Symbol.asyncDispose]: () => strict.api.close() };
    expect((await act('set', { url: peer.url }, strict.api)).status).toBe(400);
    const { webhook } = (await act('set', { url: `http://localhost:${peer.port}/` }, strict.api)).body;
    await act('test', { webhookId: webhook.id }, strict.api);
    await run(strict.api);
    expect(await last()).toMatchObject({ state: 'pending', error: 'address-refused' });
    expect(peer.received).toEqual([]);
  });

  it('is told over TLS to the receiver whose certificate the configured authority signed, and to no other', async () => {
    const LOOPBACK = ['127.0.0.0/8', '::1/128'];
    const [own, other, elsewhere] = [
      selfSigned('localhost'),
      selfSigned('localhost'),
      selfSigned('a.example'),
    ];
    const cases = [
      { tls: own, ca: own.cert, error: null },
      { tls: own, ca: `${elsewhere.cert}\n${own.cert}`, error: null },
      { tls: own, ca: null, error: 'unreachable' },
      { tls: own, ca: other.cert, error: 'unreachable' },
      { tls: elsewhere, ca: elsewhere.cert, error: 'unreachable' },
    ];
    for (const { tls, ca, error } of cases) {
      clock.advance(1_000);
      await using receiver = await startPeer(tls);
      await using with_ = {
        api: await reopen(LOOPBACK, ca, 10_000),
        [Symbol.asyncDispose]: () => with_.api.close(),
      };
      const { webhook, secret } = (await act('set', { url: receiver.url }, with_.api)).body;
      await act('test', { webhookId: webhook.id }, with_.api);
      await run(with_.api);
      expect(await last()).toMatchObject({ state: error === null ? 'delivered' : 'pending', error });
      expect(receiver.received.map((one) => isGenuine(secret, one))).toEqual(error === null ? [true] : []);
      const metrics = (await with_.api.get('/metrics')).text;
      expect(metrics).toContain(`sallyport_webhook_deliveries_total ${error === null ? 1 : 0}\n`);
      expect(metrics).toContain(
        `sallyport_webhook_failures_total{reason="unreachable"} ${error === null ? 0 : 1}\n`,
      );
      const waits = `sallyport_webhook_messages{state="pending"} ${error === null ? 0 : 1}\n`;
      expect(metrics).toContain(waits);
      const remove = { webhookId: webhook.id, url: receiver.url, reason: 'next' };
      expect((await act('remove', remove, with_.api)).status).toBe(200);
    }
  });

  it('is sent once by two instances, and by the other one when one dies between commit and answer', async () => {
    await set();
    const staging = testStaging(clock, cluster.keys.stagingMac);
    const now = () => clock.now();
    const parts = { db, now, random: (bytes: number) => randomBytes(bytes) };
    clock.advance(6_000);
    for (const calls of [0, 1])
      await expect(
        runAlerts({ ...parts, staging: announcing(dyingAfter(staging, calls), now) }),
      ).rejects.toThrow('killed');
    expect(await stateNow()).toMatchObject({ backlog: 0, deliveries: [] });
    await runAlerts({ ...parts, staging: announcing(staging, now) });
    const dying = new Deliverer({
      ...parts,
      staging,
      seed: randomBytes(32),
      tally: new Tally(),
      post: () => Promise.reject(new Error('killed')),
    });
    await expect(dying.run()).rejects.toThrow('killed');
    await run();
    expect([peer.received.length, (await stateNow()).backlog]).toEqual([0, 2]);
    clock.advance(60_000);
    const two = await reopen(['127.0.0.0/8']);
    await Promise.all([run(), run(two), run(), run(two)]);
    await two.close();
    expect(kinds().sort()).toEqual(['alert.raised', 'incident.opened']);
    expect(await stateNow()).toMatchObject({ backlog: 0 });
  });

  it('ends with what waits, over the address that was shown; another one takes over what waits', async () => {
    const first = await set();
    await act('test', { webhookId: first.webhook.id });
    const { webhook, secret } = await set();
    expect(secret).not.toBe(first.secret);
    expect((await act('test', { webhookId: first.webhook.id })).status).toBe(409);
    await run();
    expect(peer.received.map((one) => isGenuine(secret, one))).toEqual([true]);
    await act('test', { webhookId: webhook.id });
    const remove = (url: string) => act('remove', { webhookId: webhook.id, url, reason: 'moved' });
    expect((await remove(`${peer.url}2`)).body.error.type).toBe('name_mismatch');
    expect((await remove(peer.url)).body).toMatchObject({ dropped: 1 });
    await run();
    expect(peer.received).toHaveLength(1);
    expect(await stateNow()).toMatchObject({ webhook: null, backlog: 0 });
  });
});

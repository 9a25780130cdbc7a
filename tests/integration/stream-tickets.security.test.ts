import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../service/db/database.ts';
import { closeRevokedStreams } from '../../service/identity/tickets/redeem.ts';
import { deleteExpiredTickets } from '../../service/identity/tickets/store.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { operatorActs } from '../fixtures/operators.ts';
import { type ServedApi, startServedApi } from '../fixtures/served.ts';
import type { SignedCall, TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

const STREAM = '/api/events/stream';
const ORDER: SignedCall = { route: 'events.ticket', path: '/api/events/tickets', body: {} };

const undo: (() => Promise<unknown>)[] = [];
beforeEach(() => cluster.reset());
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A GET whose body may never end. */
const open = (url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, resolve).once('error', reject).end();
  });

const originOf = async (api: TestApi): Promise<string> => {
  await api.publicApp.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(api.publicApp.server.address() as AddressInfo).port}`;
};

describe('a stream ticket', () => {
  let api: TestApi;
  let origin: string;
  let operator: TestOperator;
  let clock: TestClock;

  const another = async (): Promise<TestApi> => {
    const staging = testStaging(clock, cluster.keys.stagingMac);
    const made = await startTestApi({ db, clock, staging });
    undo.push(() => made.close());
    return made;
  };
  beforeEach(async () => {
    clock = new TestClock();
    api = await another();
    origin = await originOf(api);
    operator = await api.enrolFirst();
  });

  const ticketOf = async (by = operator): Promise<string> => {
    const answer = await api.signed(ORDER, by);
    expect(answer.status, answer.text).toBe(201);
    return answer.body.ticket;
  };
  const status = async (query: string, headers = {}, at = origin): Promise<number> => {
    const answer = await open(`${at}${STREAM}?${query}`, headers);
    answer.destroy();
    return answer.statusCode ?? 0;
  };

  it('opens one stream without any other credential, and no second one', async () => {
    const ticket = await ticketOf();
    const stream = await open(`${origin}${STREAM}?ticket=${ticket}`);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    expect(String(await once(stream, 'data'))).toContain('bootstrap');
    expect(await status(`ticket=${ticket}`)).toBe(401);
    stream.destroy();
    expect(await status(`ticket=${ticket}`)).toBe(401);
  });

  it('opens exactly one of fifty streams that two instances are asked for at once', async () => {
    const twin = await another();
    twin.tokens.replace(api.tokens.hashes().map((hash) => hash.toString('hex')));
    const origins = [origin, await originOf(twin)];
    const ticket = await ticketOf();
    const tries = Array.from({ length: 50 }, (_, i) => status(`ticket=${ticket}`, {}, origins[i % 2]));
    const answers = await Promise.all(tries);
    expect(answers.filter((code) => code === 200)).toHaveLength(1);
    expect(answers.filter((code) => code === 401)).toHaveLength(49);
  });

  it('is good for 30 seconds', async () => {
    const [early, late] = [await ticketOf(), await ticketOf()];
    clock.advance(29_999);
    expect(await status(`ticket=${early}`)).toBe(200);
    clock.advance(1);
    expect(await status(`ticket=${late}`)).toBe(401);
    await deleteExpiredTickets(db.kysely, new Date(clock.ms + 1));
    expect(await db.kysely.selectFrom('stream_tickets').selectAll().execute()).toEqual([]);
  });

  it('of an operator who is revoked opens nothing, and that of another one still does', async () => {
    const acts = operatorActs(() => api);
    const second = await acts.join('Second', 'reviewer', operator);
    const [gone, kept] = [await ticketOf(second), await ticketOf()];
    expect((await acts.revoke(second.id, operator)).status).toBe(200);
    expect(await status(`ticket=${gone}`)).toBe(401);
    expect(await status(`ticket=${kept}`)).toBe(200);
  });

  it('ends with the admin token with which it was asked for', async () => {
    const ticket = await ticketOf();
    api.tokens.replace(['a'.repeat(64)]);
    expect(await status(`ticket=${ticket}`)).toBe(401);
  });

  it('is refused in any other place, or beside another credential, and is not used up by that', async () => {
    const ticket = await ticketOf();
    const authorization = `Bearer ${api.adminToken}`;
    expect(await status(`ticket=${ticket}`, { authorization })).toBe(401);
    expect(await status(`ticket=${ticket}&token=${api.adminToken}`)).toBe(401);
    expect(await status(`ticket=${ticket}&ticket=${ticket}`)).toBe(401);
    expect(await status(`token=${ticket}`)).toBe(401);
    for (const path of ['/api/keys', '/api/logs/ledger', '/api/v1/auth/me'])
      expect((await api.get(`${path}?ticket=${ticket}`, {})).status, path).toBe(401);
    expect((await api.get(`/api/keys?ticket=${ticket}`)).status).toBe(401);
    expect((await api.get('/api/keys', { authorization: `Bearer ${ticket}` })).status).toBe(401);
    expect(await status(`ticket=${ticket}`)).toBe(200);
  });

  it('that was never issued is refused, whatever it looks like', async () => {
    for (const text of ['', 'x', 'A'.repeat(43), `${'A'.repeat(42)}=`, "' OR 1=1 --", 'A'.repeat(4000)])
      expect(await status(`ticket=${encodeURIComponent(text)}`), text).toBe(401);
  });

  it('takes an operator’s signature, and is issued to nobody without one', async () => {
    expect((await api.post(ORDER.path, {})).status).toBe(401);
    const stranger = api.newOperator();
    expect((await api.signed(ORDER, stranger)).body.error.type).toBe('key_unknown');
    expect((await api.signed(ORDER, operator, {})).status).toBe(401);
  });

  it('is kept as a hash, in no answer that is remembered, and in no line of the log', async () => {
    const order = { ...ORDER, idempotencyKey: 'ticket-once-1' };
    const { ticket } = (await api.signed(order, operator)).body;
    expect((await api.signed(order, operator)).status).toBe(409);
    expect(await status(`ticket=${ticket}`)).toBe(200);
    expect(await status(`ticket=${ticket}`)).toBe(401);
    for (const path of ['/api/keys', '/nowhere', '/%zz']) await api.get(`${path}?ticket=${ticket}`);
    const rows = {
      tickets: await db.kysely.selectFrom('stream_tickets').selectAll().execute(),
      staged: await db.kysely.selectFrom('ledger_staged').selectAll().execute(),
      answers: await db.kysely.selectFrom('idempotent_requests').selectAll().execute(),
    };
    expect(rows.tickets).toHaveLength(1);
    expect(api.logged()).toContain('answered');
    expect(JSON.stringify(rows)).not.toContain(ticket);
    expect(api.logged()).not.toContain(ticket);
  });

  it('is used once by the database’s own rule', async () => {
    await status(`ticket=${await ticketOf()}`);
    const again = db.kysely.updateTable('stream_tickets').set({ used_at: clock.now() }).execute();
    await expect(again).rejects.toMatchObject({ constraint: 'stream_tickets_open_once' });
  });

  it('leaves no stream open while the database cannot say who is revoked', async () => {
    const stream = await open(`${origin}${STREAM}?ticket=${await ticketOf()}`);
    const byToken = await open(`${origin}${STREAM}?token=${api.adminToken}`);
    const nowhere = { host: '/nowhere', port: 1, database: 'none' };
    const away = openDatabase({ endpoint: nowhere, role: 'api', password: 'none', poolSize: 1 });
    const closed = once(stream.resume(), 'close');
    await expect(closeRevokedStreams(away, api.streams)).rejects.toThrow();
    await closed;
    expect(byToken.resume().readableEnded).toBe(false);
    byToken.destroy();
    await away.close();
  });
});

describe('revocation of an operator', () => {
  const served = async (): Promise<ServedApi> => {
    const api = await startServedApi(cluster);
    undo.push(() => api.stop());
    return api;
  };

  it('closes its streams on every instance within a second, and no others', async () => {
    const [one, two] = [await served(), await served()];
    const first = await two.enrolFirst();
    const acts = operatorActs(() => two);
    const second = await acts.join('Second', 'reviewer', first);
    const streamOf = async (at: ServedApi, by: TestOperator) => {
      // Asked of the one, opened at the other.
      const asked = await (at === one ? two : one).signed(ORDER, by);
      expect(asked.status, asked.text).toBe(201);
      const stream = await open(`${at.origin}${STREAM}?ticket=${asked.body.ticket}`);
      expect(stream.statusCode).toBe(200);
      return stream;
    };
    const gone = [await streamOf(one, second), await streamOf(two, second)];
    const kept = await streamOf(two, first);
    const ended = Promise.all(gone.map((stream) => once(stream.resume(), 'close')));
    kept.resume();
    const revoked = await acts.revoke(second.id, first);
    expect(revoked.status, revoked.text).toBe(200);
    const committed = performance.now();
    await ended;
    expect(performance.now() - committed).toBeLessThan(1_000);
    expect(kept.closed).toBe(false);
    kept.destroy();
  });
});

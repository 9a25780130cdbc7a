import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLog, type ServedLog } from '../../service/app/open-log.ts';
import type { Integrator } from '../../service/ledger/integrator/integrator.ts';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { routeOf } from '../../shared/http/table.ts';
import { ORIGIN, TestClock } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { type ForeignRequest, ROUTE_GROUPS, requestsOf } from '../fixtures/foreign-requests.ts';
import { type Credentials, GateBench } from '../fixtures/gate-bench.ts';
import { startTestIntegrator } from '../fixtures/ledger.ts';
import { prepareText, type SignedText } from '../fixtures/signing.ts';

/** SPEC 19.11: 100,000 for each group of routes; `npm test` tries the first ones, the same every time. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const CASES = Number(process.env.SALLYPORT_GROUP_CASES ?? (FULL ? 100_000 : 8));
const SEED = Number(process.env.SALLYPORT_GROUP_SEED ?? 19_11);
const PATIENCE_MS = 60 * 60_000;

/** Between two requests: a key may ask sixty times a minute. */
const APART_MS = 1_100;
/** An access token is good for 15 minutes. */
const RENEW_MS = 10 * 60_000;

const EMAIL = 'ada@example.org';

const cluster = await startTestCluster();
let log: ServedLog;
let integrator: Integrator;
let bench: GateBench;
let own: Credentials;
beforeAll(async () => {
  integrator = await startTestIntegrator(cluster);
  const parts = { db: cluster.open('api'), clock: new TestClock(), log: pino({ level: 'silent' }) };
  log = await openLog({ ...parts, settings: { database: cluster.endpoint }, keys: cluster.keys });
  bench = await GateBench.open(cluster, log.handlers);
  own = await bench.credentials(EMAIL);
});
afterAll(async () => {
  await bench.close();
  await log.stop();
  await integrator.stop();
  await cluster.stop();
});

async function headersOf(request: ForeignRequest, held: Credentials): Promise<Record<string, string>> {
  const { caller, id, path, body, idempotencyKey } = request;
  const once = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  if (caller === 'nobody') return once;
  if (caller !== 'operator') return { ...once, authorization: `Bearer ${held[caller]}` };
  const { card, risk, policy } = routeOf(id);
  const authorization = `Bearer ${held[policy.countersigned ? 'session' : 'admin token']}`;
  // What nobody signs, no signature can be made for; nor does one cover an empty header.
  const signable = body !== undefined && (card !== undefined || risk?.level === 'routine');
  if (!signable) return { ...once, authorization };
  const plain: SignedText = { route: id, path, body };
  const call = idempotencyKey ? { ...plain, idempotencyKey } : plain;
  return { ...(await prepareText(ORIGIN, call, bench.operator)).headers, authorization };
}

/** @returns its status, which is none of ours */
async function answered(request: ForeignRequest, held: Credentials): Promise<number> {
  bench.clock.advance(APART_MS);
  const { method, path, body, contentType } = request;
  const answer = await bench.api.publicApp.inject({
    method: method as 'GET',
    url: path,
    headers: {
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(await headersOf(request, held)),
    },
    ...(body === undefined ? {} : { payload: body }),
  });
  const label = `${method} ${path.slice(0, 200)} ${body?.slice(0, 300)} -> ${answer.statusCode} ${answer.body.slice(0, 300)}`;
  // Whether it is ready is what `/readyz` is asked for: entries wait while this clock runs ahead of the integrator's.
  if (answer.statusCode === 503 && routeOf(request.id).answers[503]) return answer.statusCode;
  expect(answer.statusCode, label).toBeLessThan(500);
  if (answer.statusCode >= 400)
    expect(apiErrorBody.parse(answer.json()).error.code, label).toBe(answer.statusCode);
  return answer.statusCode;
}

/** Refused before anything reads what was sent. */
const AT_THE_DOOR = [401, 403, 429];
const ENDS_SESSION: readonly string[] = ['auth.logout', 'auth.logout-all'];

describe(`${CASES} requests of anybody to a group of routes (seed ${SEED})`, () => {
  it.each(ROUTE_GROUPS)('%s: none is an error of ours', { timeout: PATIENCE_MS }, async (group) => {
    const login = async () => ({ ...own, session: await bench.session(EMAIL) });
    let held = await login();
    let within = 0;
    let renewAt = bench.clock.elapsed + RENEW_MS;
    const tried = fc.asyncProperty(requestsOf(group), async (request) => {
      const status = await answered(request, held);
      if (!AT_THE_DOOR.includes(status)) within += 1;
      const loggedOut = status < 300 && ENDS_SESSION.includes(request.id);
      if (!loggedOut && bench.clock.elapsed < renewAt) return;
      held = await login();
      renewAt = bench.clock.elapsed + RENEW_MS;
    });
    await fc.assert(tried, { numRuns: CASES, seed: SEED });
    // Whoever was turned away at the door has tried nothing of what is behind it.
    expect(within, 'requests that got past the door').toBeGreaterThan(CASES / 10);
    expect(await bench.closed(held)).toEqual([]);
  });

  it('leave the service as it was', async () => {
    expect((await bench.api.get('/healthz')).status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

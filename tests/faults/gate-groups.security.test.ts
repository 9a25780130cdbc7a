import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiErrorBody } from '../../shared/http/errors.ts';
import { routeOf } from '../../shared/http/table.ts';
import { accountsOf, type TestSession } from '../fixtures/accounts.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { type ForeignRequest, ROUTE_GROUPS, requestsOf } from '../fixtures/foreign-requests.ts';
import { prepareText, type TestOperator } from '../fixtures/signing.ts';

/** SPEC 19.11: 100,000 for each group of routes; `npm test` tries the first ones, the same every time. */
const FULL = process.env.SALLYPORT_FAULTS === 'full';
const CASES = Number(process.env.SALLYPORT_GROUP_CASES ?? (FULL ? 100_000 : 20));
const SEED = Number(process.env.SALLYPORT_GROUP_SEED ?? 19_11);
const PATIENCE_MS = 60 * 60_000;

const cluster = await startTestCluster();
let api: TestApi;
let operator: TestOperator;
let session: TestSession;

beforeAll(async () => {
  const clock = new TestClock();
  const staging = testStaging(clock, cluster.keys.stagingMac);
  api = await startTestApi({ db: cluster.open('api'), clock, staging, quiet: true });
  operator = await api.enrolFirst();
  session = await accountsOf(() => api).open();
});
afterAll(async () => {
  await api.close();
  await cluster.stop();
});

async function headersOf({ caller, id, path, body }: ForeignRequest): Promise<Record<string, string>> {
  if (caller === 'nobody') return {};
  if (caller === 'session') return { authorization: `Bearer ${session.accessToken}` };
  const authorization = `Bearer ${api.adminToken}`;
  // What nobody signs, no signature can be made for.
  const { card, risk } = routeOf(id);
  const signable = body !== undefined && (card !== undefined || risk?.level === 'routine');
  if (caller === 'admin token' || !signable) return { authorization };
  return { ...(await prepareText(ORIGIN, { route: id, path, body }, operator)).headers, authorization };
}

async function answered(request: ForeignRequest): Promise<void> {
  const { method, path, body, contentType } = request;
  const answer = await api.publicApp.inject({
    method: method as 'GET',
    url: path,
    headers: {
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(await headersOf(request)),
    },
    ...(body === undefined ? {} : { payload: body }),
  });
  const label = `${method} ${path.slice(0, 200)} ${body?.slice(0, 300)} -> ${answer.statusCode} ${answer.body.slice(0, 300)}`;
  expect(answer.statusCode, label).toBeLessThan(500);
  if (answer.statusCode >= 400)
    expect(apiErrorBody.parse(answer.json()).error.code, label).toBe(answer.statusCode);
}

describe(`${CASES} requests of anybody to a group of routes (seed ${SEED})`, () => {
  it.each(ROUTE_GROUPS)('%s: none is an error of ours', { timeout: PATIENCE_MS }, async (group) => {
    await fc.assert(fc.asyncProperty(requestsOf(group), answered), { numRuns: CASES, seed: SEED });
  });

  it('leave the service as it was', async () => {
    expect((await api.get('/healthz')).status).toBe(200);
    expect((await api.get('/api/keys')).status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

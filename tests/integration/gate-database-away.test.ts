import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../service/db/database.ts';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { prepareSigned, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
// Not one that the cluster closes: the API keeps its pool while the server is gone.
const db = openDatabase({
  endpoint: cluster.endpoint,
  role: 'api',
  password: cluster.password('api'),
  poolSize: 4,
});
let api: TestApi;
let operator: TestOperator;
let secret: string;

beforeAll(async () => {
  const clock = new TestClock();
  const staging = testStaging(clock, cluster.keys.stagingMac);
  api = await startTestApi({ db, clock, staging });
  operator = await api.enrolFirst();
  secret = (await api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'a' } }, operator))
    .body.secret;
  expect((await api.get('/api/boundaries')).status).toBe(200);
  await cluster.stop();
});
afterAll(async () => {
  await api.close();
  await db.close();
});

const away = { status: 503, body: { error: { type: 'unavailable' } }, headers: { 'retry-after': '1' } };
const timed = async <T>(work: () => Promise<T>): Promise<T> => {
  const started = performance.now();
  const result = await work();
  expect(performance.now() - started).toBeLessThan(5_500);
  return result;
};

describe('while the database is away', () => {
  it('every route that needs it says so and when to come back, within 5 s', async () => {
    const authorization = `Bearer ${secret}`;
    expect(await timed(() => api.get('/api/v1/tokenhall/key', { authorization }))).toMatchObject(away);
    expect(await timed(() => api.get('/api/keys'))).toMatchObject(away);
    const call = { route: 'keys.create', path: '/api/keys', body: { label: 'b' } } as const;
    expect(await timed(async () => api.send(await prepareSigned(ORIGIN, call, operator)))).toMatchObject(
      away,
    );
  });

  it('it is alive and not ready', async () => {
    expect((await api.get('/healthz')).status).toBe(200);
    expect(await timed(() => api.get('/readyz'))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: {
        status: 'unavailable',
        checks: [
          { name: 'database', ok: false },
          { name: 'integration', ok: false },
          { name: 'spending', ok: true, detail: 'unknown' },
        ],
      },
    });
  });

  it('the boundary is failing, beside the last head that was seen', async () => {
    const { body } = await timed(() => api.get('/api/boundaries'));
    expect(body.boundaries[1]).toMatchObject({ id: 'api-database', state: 'failing' });
    expect(body.boundaries[3]).toMatchObject({ id: 'secret-persistence', state: 'attention' });
    expect(body.ledger.pending).toBe(2);
  });

  it('the limiter still refuses', async () => {
    expect((await api.get('/api/rate-limits')).status).toBe(200);
    expect((await api.get('/api/v1/tokenhall/key', { authorization: 'Bearer nonsense' })).status).toBe(401);
  });
});

import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { rawExchange, standardError } from '../fixtures/raw-http.ts';
import { prepareText, type TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
let operator: TestOperator;
let port: number;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({
    db,
    clock,
    staging: testStaging(clock, cluster.keys.stagingMac),
  });
  operator = await api.enrolFirst();
  await api.publicApp.listen({ host: '127.0.0.1', port: 0 });
  port = (api.publicApp.server.address() as AddressInfo).port;
});
afterEach(() => api.close());

const raw = (text: string) => rawExchange(port, text);

describe('bodies', () => {
  const signedRaw = async (body: string) =>
    api.send(await prepareText(ORIGIN, { route: 'keys.create', path: '/api/keys', body }, operator));

  it.each(['{"label":"x","__proto__":{"a":1}}', '{"label":"x","constructor":{"prototype":{"a":1}}}'])(
    'that reach for prototypes are refused: %s',
    async (body) => {
      expect(await signedRaw(body)).toMatchObject({ status: 400, body: { error: { type: 'invalid_body' } } });
      expect(({} as Record<string, unknown>).a).toBeUndefined();
    },
  );

  it.each(['', 'null', '[]', '"x"', '{"label":', '{"label":1}', '{"label":"x"}{'])(
    'like %j are refused',
    async (body) => {
      expect((await signedRaw(body)).status).toBeGreaterThanOrEqual(400);
      expect((await signedRaw(body)).status).toBeLessThan(500);
    },
  );

  it.each(['"\\ud800"', '"\\udc00x"', '"a\\u0000b"', '["x",{"\\udfff":1}]', '{"deep":[["\\ud83d"]]}'])(
    'with text that nothing could store are refused wherever it stands: %s',
    async (value) => {
      const refusal = { status: 400, body: { error: { type: 'invalid_body' } } };
      // No card can show it, so nobody can have signed what was shown.
      const unshown = { status: 401, body: { error: { type: 'card_mismatch' } } };
      expect(await signedRaw(`{"label":${value}}`)).toMatchObject(unshown);
      const anonymous = { method: 'POST', headers: { 'content-type': 'application/json' } } as const;
      const at = (path: string, body: string) => api.send({ ...anonymous, path, body }, {});
      expect(await at('/api/v1/agents/register', `{"name":${value}}`)).toMatchObject(refusal);
      expect(await at('/api/v1/auth/register', `{"email":${value},"password":"x"}`)).toMatchObject(refusal);
      expect((await api.get('/api/keys?cursor=%00')).status).toBe(400);
    },
  );

  it('over the limit are refused before they are read', async () => {
    const head = `POST /api/keys HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${api.adminToken}\r\n`;
    const announced = await raw(`${head}content-length: 1000000\r\n\r\n${'x'.repeat(200_000)}`);
    expect(standardError(announced)).toEqual({ status: 413, type: 'payload_too_large' });
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const streamed = await raw(`${head}transfer-encoding: chunked\r\n\r\n${chunk}${chunk}0\r\n\r\n`);
    expect(standardError(streamed)).toEqual({ status: 413, type: 'payload_too_large' });
  });

  it.each([
    ['/api/keys', { status: 401, type: 'unauthorized' }],
    ['/nowhere', { status: 404, type: 'not_found' }],
  ])('of strangers are not read at all: %s', async (path, refusal) => {
    // Less than it announces: whoever reads it would wait for the rest, until the request times out.
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60000`;
    const answer = await raw(`${head}\r\n\r\n${'x'.repeat(1000)}`);
    expect(standardError(answer)).toEqual(refusal);
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  it('that nest without end are refused with a reason', async () => {
    const answer = await signedRaw(`{"label":${'['.repeat(5_000)}${']'.repeat(5_000)}}`);
    expect(answer).toMatchObject({ status: 401, body: { error: { type: 'card_mismatch' } } });
  });
});

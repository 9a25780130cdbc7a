import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ApiSettings } from '../../shared/service/launch.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;
afterEach(() => api.close());

async function start(settings: Partial<ApiSettings>): Promise<void> {
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac), settings });
}

/** A request whose socket ends at this address. */
const from = (remoteAddress: string, headers: Record<string, string> = {}, url = '/api/keys') =>
  api.adminApp.inject({
    method: 'GET',
    url,
    remoteAddress,
    headers: { authorization: `Bearer ${api.adminToken}`, ...headers },
  });

describe('plain HTTP outside development', () => {
  const production: Partial<ApiSettings> = {
    mode: 'standalone',
    environment: 'production',
    trustedProxies: ['10.0.0.0/8'],
  };

  it('is refused, unless a trusted proxy says that it ended TLS', async () => {
    await start(production);
    expect((await from('10.1.2.3', { 'x-forwarded-proto': 'https' })).statusCode).toBe(200);
    for (const [peer, headers] of [
      ['10.1.2.3', {}],
      ['10.1.2.3', { 'x-forwarded-proto': 'http' }],
      ['10.1.2.3', { 'x-forwarded-proto': 'https, http' }],
      ['10.1.2.3', { 'x-forwarded-proto': 'http, https' }],
      ['203.0.113.9', { 'x-forwarded-proto': 'https' }],
      ['203.0.113.9', { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.1.2.3' }],
      ['::ffff:203.0.113.9', { 'x-forwarded-proto': 'https' }],
    ] as const) {
      const answer = await from(peer, headers);
      expect(answer.statusCode, `${peer} ${JSON.stringify(headers)}`).toBe(403);
      expect(answer.json().error.type).toBe('forbidden');
    }
    expect((await from('::ffff:10.1.2.3', { 'x-forwarded-proto': 'https' })).statusCode).toBe(200);
    expect((await from('127.0.0.1', {}, '/healthz')).statusCode).toBe(200);
    expect((await from('10.1.2.3', { 'x-forwarded-proto': 'https' })).headers).toHaveProperty(
      'strict-transport-security',
    );
  });

  it('is how development and the bundled service speak on loopback', async () => {
    await start({ mode: 'bundled', environment: 'production' });
    expect((await from('127.0.0.1')).statusCode).toBe(200);
    expect((await from('127.0.0.1')).headers).not.toHaveProperty('strict-transport-security');
  });
});

describe('a client that forges its address', () => {
  it('spends its own allowance, whatever it says', async () => {
    await start({
      limits: { ip: { limit: 3, windowSeconds: 10 }, operator: { limit: 9, windowSeconds: 60 } },
    });
    const forged = (i: number) => ({
      'x-forwarded-for': `198.51.100.${i}`,
      'x-real-ip': `198.51.100.${i}`,
      forwarded: `for=198.51.100.${i}`,
      'cf-connecting-ip': `198.51.100.${i}`,
    });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1)
      statuses.push((await from('203.0.113.9', forged(i), '/nowhere')).statusCode);
    expect(statuses).toEqual([404, 404, 404, 429, 429]);
  });

  it('behind a trusted proxy is still the entry that the proxy wrote', async () => {
    await start({
      trustedProxies: ['10.0.0.1'],
      limits: { ip: { limit: 3, windowSeconds: 10 }, operator: { limit: 9, windowSeconds: 60 } },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${i}, 203.0.113.9` };
      statuses.push((await from('10.0.0.1', headers, '/nowhere')).statusCode);
    }
    expect(statuses).toEqual([404, 404, 404, 429, 429]);
  });
});

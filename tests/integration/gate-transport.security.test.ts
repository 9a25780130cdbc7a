import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { ApiSettings } from '../../shared/service/launch.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { rawExchange } from '../fixtures/raw-http.ts';

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

const production: Partial<ApiSettings> = {
  mode: 'standalone',
  environment: 'production',
  trustedProxies: ['10.0.0.0/8', '127.0.0.1'],
  api: { host: '127.0.0.1', port: 0, origin: 'https://api.example' },
};

describe('plain HTTP outside development', () => {
  it('is refused with 426, unless a trusted proxy says that it ended TLS', async () => {
    await start(production);
    for (const [peer, headers] of [
      ['10.1.2.3', {}],
      ['10.1.2.3', { 'x-forwarded-proto': 'http' }],
      ['10.1.2.3', { 'x-forwarded-proto': 'HTTPS' }],
      ['10.1.2.3', { 'x-forwarded-proto': 'https, http' }],
      ['10.1.2.3', { 'x-forwarded-proto': 'http, https' }],
      ['10.1.2.3', { 'x-forwarded-protocol': 'https', 'x-forwarded-ssl': 'on', forwarded: 'proto=https' }],
      ['203.0.113.9', { 'x-forwarded-proto': 'https' }],
      ['203.0.113.9', { 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.1.2.3' }],
      ['::ffff:203.0.113.9', { 'x-forwarded-proto': 'https' }],
      ['::1', { 'x-forwarded-proto': 'https' }],
    ] as const) {
      const answer = await from(peer, headers);
      expect(answer.statusCode, `${peer} ${JSON.stringify(headers)}`).toBe(426);
      expect(answer.json().error).toMatchObject({ code: 426, type: 'upgrade_required' });
      expect(answer.headers).toMatchObject({ upgrade: 'TLS/1.2, HTTP/1.1', connection: 'close, upgrade' });
      // RFC 6797 section 7.2
      expect(answer.headers).not.toHaveProperty('strict-transport-security');
    }
    for (const peer of ['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:0A01:0203', '127.0.0.1']) {
      const answer = await from(peer, { 'x-forwarded-proto': 'https' });
      expect(answer.statusCode, peer).toBe(200);
      expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    }
  });

  it('does not fail a probe, which carries no credential', async () => {
    await start(production);
    const answer = await from('127.0.0.1', {}, '/healthz');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
  });

  it('sends a page to the configured origin, and never to one that the request names', async () => {
    await start(production);
    for (const [path, method] of [
      ['/', 'GET'],
      ['/docs/limits?lane=a&b=%20c', 'GET'],
      ['/apiary', 'GET'],
      ['/docs', 'HEAD'],
      ['//evil.example/x', 'GET'],
      ['/%zz', 'GET'],
    ] as const) {
      const headers = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
      };
      const answer = await api.publicApp.inject({ method, url: path, remoteAddress: '203.0.113.9', headers });
      expect(answer.statusCode, path).toBe(308);
      expect(answer.headers.location).toBe(`https://api.example${path}`);
      expect(new URL(String(answer.headers.location)).host).toBe('api.example');
      expect(answer.headers).not.toHaveProperty('strict-transport-security');
    }
  });

  it('redirects no call of the API, known or not, and nothing with a body', async () => {
    await start(production);
    for (const [path, method] of [
      ['/api/keys', 'GET'],
      ['/api/nowhere', 'GET'],
      ['/API/keys', 'GET'],
      ['/api', 'GET'],
      ['/api?x', 'GET'],
      ['/api/%zz', 'GET'],
      ['/.well-known/jwks.json', 'GET'],
      ['/openapi.json', 'GET'],
      ['/docs', 'POST'],
      ['/api/keys', 'POST'],
      ['/docs', 'DELETE'],
    ] as const) {
      const answer = await api.publicApp.inject({ method, url: path, remoteAddress: '203.0.113.9' });
      expect(answer.statusCode, `${method} ${path}`).toBe(426);
      expect(answer.headers).not.toHaveProperty('location');
    }
  });

  it('redirects nobody without an origin to go to', async () => {
    await start({ ...production, api: { host: '127.0.0.1', port: 0 } });
    expect((await from('203.0.113.9', {}, '/')).statusCode).toBe(426);
  });

  it('is how development and the bundled service speak on loopback', async () => {
    await start({ mode: 'bundled', environment: 'production' });
    expect((await from('127.0.0.1')).statusCode).toBe(200);
    expect((await from('127.0.0.1')).headers).not.toHaveProperty('strict-transport-security');
    expect((await from('127.0.0.1', {}, '/')).statusCode).toBe(404);
  });
});

describe('spellings on the wire that HTTP allows', () => {
  let port: number;
  const listening = async (settings: Partial<ApiSettings>) => {
    await start(settings);
    await api.publicApp.listen({ host: '127.0.0.1', port: 0 });
    port = (api.publicApp.server.address() as AddressInfo).port;
  };
  const get = (path: string, ...lines: string[]) =>
    rawExchange(
      port,
      [`GET ${path} HTTP/1.1`, 'host: x', 'connection: close', 'accept: */*', ...lines, '', ''].join('\r\n'),
    );
  const statusOf = async (answer: Promise<string>) => Number((await answer).slice(9, 12));

  const SPELLINGS: [lines: string[], status: number][] = [
    [['x-forwarded-proto: https'], 401],
    // A blank around a value is no part of it (RFC 9110 section 5.5).
    [['x-forwarded-proto:\t https \t'], 401],
    [['X-FORWARDED-PROTO:https'], 401],
    [['x-forwarded-proto: https', 'x-forwarded-proto: https'], 400],
    [['x-forwarded-proto: http', 'X-Forwarded-Proto: https'], 400],
    [['x-forwarded-proto: https,https'], 426],
    [['x-forwarded-proto: "https"'], 426],
    [['x-forwarded-proto: https;'], 426],
    [['x-forwarded-proto : https'], 400],
    [[' x-forwarded-proto: https'], 400],
    [['x_forwarded_proto: https'], 426],
    [['x-forwarded-proto:'], 426],
  ];

  it('of X-Forwarded-Proto mean https only when they say nothing else', async () => {
    await listening(production);
    for (const [lines, status] of SPELLINGS)
      expect(await statusOf(get('/api/keys', ...lines)), JSON.stringify(lines)).toBe(status);
  });

  it('of X-Forwarded-Proto mean nothing from anybody but a trusted proxy', async () => {
    await listening({ ...production, trustedProxies: ['10.0.0.0/8'] });
    for (const [lines, status] of SPELLINGS)
      expect(await statusOf(get('/api/keys', ...lines)), JSON.stringify(lines)).toBe(
        status === 400 ? 400 : 426,
      );
  });

  it.each([
    [['x-forwarded-for: 203.0.113.9']],
    [['x-forwarded-for:\t203.0.113.9\t']],
    [['x-forwarded-for: 198.51.100.7,\t203.0.113.9']],
    [['x-forwarded-for: 198.51.100.7', 'X-Forwarded-For: 203.0.113.9']],
    [['x-forwarded-for: ::ffff:203.0.113.9']],
    [['x-forwarded-for: 198.51.100.7 , ::FFFF:CB00:7109 ']],
    [['x-forwarded-for: 203.0.113.9, 127.0.0.1, ::ffff:127.0.0.1']],
    [['x-forwarded-for: , ,203.0.113.9', 'x-real-ip: 198.51.100.7', 'true-client-ip: 198.51.100.8']],
  ])('of X-Forwarded-For are one client: %j', async (lines) => {
    await listening({
      trustedProxies: ['127.0.0.1'],
      limits: { ip: { limit: 1, windowSeconds: 10 }, operator: { limit: 9, windowSeconds: 60 } },
    });
    expect(await statusOf(get('/nowhere', 'x-forwarded-for: 203.0.113.9'))).toBe(404);
    expect(await statusOf(get('/nowhere', ...lines))).toBe(429);
  });

  it('of Host lead nowhere', async () => {
    await listening({ ...production, trustedProxies: [] });
    for (const host of [
      'evil.example',
      '\tevil.example',
      'evil.example:443',
      'api.example@evil.example',
      '[::ffff:1.2.3.4]',
      '',
    ]) {
      const text = `GET /docs HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
      expect(await rawExchange(port, text), host).toMatch(
        /^HTTP\/1\.1 308[\s\S]*\r\nlocation: https:\/\/api\.example\/docs\r\n/,
      );
    }
    const absolute = 'GET https://evil.example/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    expect(await rawExchange(port, absolute)).not.toMatch(/\r\nlocation:/);
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

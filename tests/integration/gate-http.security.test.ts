import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGIN, startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { rawExchange, standardError } from '../fixtures/raw-http.ts';
import { prepareSigned, prepareText, type TestOperator } from '../fixtures/signing.ts';

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
    settings: { allowedOrigins: ['https://app.example'] },
  });
  operator = await api.enrolFirst();
  await api.publicApp.listen({ host: '127.0.0.1', port: 0 });
  port = (api.publicApp.server.address() as AddressInfo).port;
});
afterEach(() => api.close());

const raw = (text: string) => rawExchange(port, text);
const get = (path: string, ...lines: string[]) =>
  raw([`GET ${path} HTTP/1.1`, 'host: x', 'connection: close', ...lines, '', ''].join('\r\n'));

describe('what is not HTTP, or not ours', () => {
  it.each([
    ['garbage', 'hello\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00', 400],
    ['no Host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['huge headers', `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`, 413],
    [
      'both lengths',
      'POST /api/keys HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
    ],
    ['a bad chunk', 'POST /api/keys HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 400],
  ])('%s is answered in the one voice', async (_name, text, status) => {
    expect(standardError(await raw(text)).status).toBe(status);
  });

  it('an unknown path, a known path by another method, an alias of a path', async () => {
    for (const path of [
      '/',
      '/nowhere',
      '/healthz/',
      '//healthz',
      '/HEALTHZ',
      '/api/keys/../keys',
      '/healthz%2f',
    ])
      expect(standardError(await get(path)), path).toEqual({ status: 404, type: 'not_found' });
    for (const method of ['DELETE', 'PUT', 'PATCH', 'HEAD', 'TRACE', 'POST']) {
      const answer = await raw(`${method} /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer, method).toMatch(/^HTTP\/1\.1 404/);
    }
  });

  it('an address that cannot be decoded', async () => {
    for (const path of ['/%zz', '/api/keys/%ff/revoke', '/%'])
      expect(standardError(await get(path)), path).toEqual({ status: 400, type: 'bad_request' });
  });

  it('a target or a Host that could choose another host', async () => {
    for (const target of ['http://evil.example/healthz', '*'])
      expect(standardError(await get(target)), target).toEqual({ status: 400, type: 'bad_request' });
    expect(standardError(await get('/healthz', 'host: y'))).toEqual({ status: 400, type: 'bad_request' });
  });
});

describe('content types', () => {
  const send = async (lines: string[], body = '{"label":"x"}') => {
    const { headers } = await prepareSigned(
      ORIGIN,
      { route: 'keys.create', path: '/api/keys', body: { label: 'x' } },
      operator,
    );
    const { 'content-type': _, ...signed } = headers;
    const all = [
      'POST /api/keys HTTP/1.1',
      'host: x',
      'connection: close',
      `authorization: Bearer ${api.adminToken}`,
      `content-length: ${body.length}`,
      ...Object.entries(signed).map(([name, value]) => `${name}: ${value}`),
      ...lines,
    ];
    return raw(`${all.join('\r\n')}\r\n\r\n${body}`);
  };

  it('one spelling is accepted, with the blanks that HTTP allows around a value', async () => {
    expect(await send(['content-type: application/json'])).toMatch(/^HTTP\/1\.1 201/);
    expect(await send(['content-type: \t application/json \t'])).toMatch(/^HTTP\/1\.1 201/);
  });

  it.each([
    [['content-type: application/json', 'content-type: application/json'], 'bad_request'],
    [['content-type: application/json', 'content-type: text/plain'], 'bad_request'],
    [['content-type: application/json\t;charset=utf-8'], 'signature_invalid'],
    [['content-type: application/jsonp'], 'signature_invalid'],
    [['content-type:'], 'signature_invalid'],
    [[], 'signature_invalid'],
    [['content-type: application/json', 'idempotency-key: second-key'], 'bad_request'],
    [['content-type: application/json', 'content-digest: sha-256=:AAAA:'], 'bad_request'],
    [['content-type: application/json', `authorization: Bearer ${'x'.repeat(43)}`], 'bad_request'],
  ])('%j is refused as %s', async (lines, type) => {
    expect(standardError(await send(lines))).toMatchObject({ type });
  });

  it('a signed media type other than JSON is 415, and so is a coded body', async () => {
    const signed = (contentType: string) =>
      prepareText(
        ORIGIN,
        { route: 'keys.create', path: '/api/keys', contentType, body: '{"label":"x"}' },
        operator,
      );
    const unsupported = { status: 415, body: { error: { type: 'unsupported_media_type' } } };
    for (const type of ['text/plain', 'application/json;charset=utf-16', 'application/json; x=y'])
      expect(await api.send(await signed(type)), type).toMatchObject(unsupported);
    const { headers, ...rest } = await signed('application/json');
    const coded = { ...rest, headers: { ...headers, 'content-encoding': 'gzip' } };
    expect(await api.send(coded)).toMatchObject(unsupported);
  });
});

describe('every answer', () => {
  it('carries our request id and none from outside, and the headers that harden it', async () => {
    const { headers } = await api.get('/healthz', { 'x-request-id': 'theirs', 'request-id': 'theirs' });
    expect(headers['x-request-id']).toMatch(/^req_[0-9a-z]{26}$/);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  });

  it('lets exactly the allowed origins read it', async () => {
    const cors = async (origin: string) =>
      (await api.get('/healthz', { origin })).headers['access-control-allow-origin'];
    expect(await cors('https://app.example')).toBe('https://app.example');
    for (const origin of [
      'https://app.example.evil',
      'http://app.example',
      'https://APP.example',
      'null',
      'https://app.example:444',
    ])
      expect(await cors(origin), origin).toBeUndefined();
  });
});

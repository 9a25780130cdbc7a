import { X509Certificate } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../tests/fixtures/certificate.ts';
import { createAdminClient } from './admin-client.ts';
import { PinError, pinErrorIn, pinnedConnector, pinOf } from './pinned.ts';
import { stateOf } from './remote-service.ts';

const TOKEN = 'token-of-the-remote-service';
const OPERATORS = JSON.stringify({ operators: [] });
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const answer: RequestListener = (_, response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(OPERATORS);

/** A service with a certificate of its own for this name, and what reached it. */
async function served(name = 'localhost', listener = answer) {
  const made = selfSigned(name);
  const seen: (string | undefined)[] = [];
  const server = createServer(made, (request, response) => {
    seen.push(request.headers.authorization);
    listener(request, response);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  return { origin, seen, pin: pinOf(new X509Certificate(made.cert)) };
}

async function ask(to: { origin: string; pin: string }) {
  const client = createAdminClient({
    endpoint: () => ({ ...to, token: TOKEN }),
    token: () => TOKEN,
    sign: async () => ({}),
    member: { token: async () => 'no', rejected: () => undefined },
    publicOrigin: () => null,
  });
  try {
    return await client.call({ route: 'operators.list' });
  } finally {
    await client.close();
  }
}

describe('a pinned service', () => {
  it('is spoken to when its key is the one that was pinned, whoever signed its certificate', async () => {
    const service = await served();
    expect(await ask(service)).toMatchObject({ status: 200, body: { operators: [] } });
    expect(service.seen).toEqual([`Bearer ${TOKEN}`]);
  });

  it('is told apart from one that is not there', async () => {
    const error = await ask({ origin: 'https://localhost:1', pin: 'A'.repeat(43) }).catch((cause) => cause);
    expect(error).toMatchObject({ code: 'service-down' });
    expect(stateOf(error).state).toBe('offline');
  });

  it('is refused in words when it does not know the token', async () => {
    const body = { error: { code: 401, type: 'unauthorized', message: 'No.', requestId: 'r' } };
    const service = await served(
      'localhost',
      (_, response) =>
        void response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    );
    const error = await ask(service).catch((cause) => cause);
    expect(stateOf(error).state).toBe('refused');
  });
});

describe('somebody in the middle', () => {
  it('with another key gets no byte of a request', async () => {
    const [service, other] = [await served(), await served()];
    const error = await ask({ ...other, pin: service.pin }).catch((cause) => cause);
    expect(error).toMatchObject({ code: 'request-failed' });
    expect(pinErrorIn(error)?.code).toBe('pin-mismatch');
    expect(error.message).toContain('Nothing was sent');
    expect(stateOf(error)).toMatchObject({ state: 'pin-changed', problem: error.message });
    expect(other.seen).toEqual([]);
  });

  it('with the certificate of another host gets none either', async () => {
    const service = await served('other.example');
    const error = await ask(service).catch((cause) => cause);
    expect(pinErrorIn(error)?.code).toBe('wrong-name');
    expect(service.seen).toEqual([]);
  });

  it('with a certificate out of its time gets none either', async () => {
    const service = await served();
    const { hostname, port, protocol, host } = new URL(service.origin);
    const late = pinnedConnector({ ...service, now: () => new Date('2100-01-01T00:00:00Z') });
    const error = await new Promise((resolve) =>
      late({ hostname, port, protocol, host }, (...[why]) => resolve(why)),
    );
    expect(pinErrorIn(error)?.code).toBe('not-valid-now');
  });

  it('cannot send the request on to somebody else', async () => {
    const other = await served();
    const service = await served(
      'localhost',
      (_, response) => void response.writeHead(307, { location: `${other.origin}/api/operators` }).end(),
    );
    await expect(ask(service)).rejects.toMatchObject({ name: 'Refusal' });
    expect(other.seen).toEqual([]);
  });
});

describe('a connection that was pinned', () => {
  it.each([
    ['plain HTTP', { protocol: 'http:', hostname: 'localhost', port: '8443' }],
    ['another host', { protocol: 'https:', hostname: 'other.example', port: '8443' }],
    ['another port', { protocol: 'https:', hostname: 'localhost', port: '8444' }],
  ])('goes nowhere over %s', async (_, asked) => {
    const connect = pinnedConnector({ origin: 'https://localhost:8443', pin: 'A'.repeat(43) });
    const error = await new Promise((resolve) => connect(asked, (...[why]) => resolve(why)));
    expect(error).toBeInstanceOf(PinError);
    expect(pinErrorIn(error)?.code).toBe('other-host');
  });
});

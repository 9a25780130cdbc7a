import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemberAnswer, MemberAsk } from '../keeper/protocol.ts';
import { createMemberSession } from './member-session.ts';

const SESSION = 'ses_0123456789abcdefghjkmnpqrs';
const EMAIL = 'mina@example.org';
const MINUTE = 60_000;
const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const ACCOUNT = {
  ...{ id: 'acc_0123456789abcdefghjkmnpqrs', email: EMAIL },
  ...{ role: 'user', createdAt: '2026-01-01T00:00:00.000Z' },
};
const tokensOf = (n: number) => ({
  ...{ tokenType: 'Bearer', accessToken: `access-${n}`, sessionId: SESSION },
  ...{ refreshToken: String(n).padStart(43, 'r'), refreshExpiresAt: '2026-02-01T00:00:00.000Z' },
  expiresAt: new Date(NOW + 15 * MINUTE).toISOString(),
});

let server: Server;
let asked: { url: string; body: string }[] = [];
let answer: (url: string) => { status: number; body: unknown };

beforeEach(async () => {
  asked = [];
  answer = () => ({ status: 200, body: { account: ACCOUNT, tokens: tokensOf(asked.length) } });
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ url: request.url ?? '', body });
    const { status, body: said } = answer(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A keeper with one session in it, as main sees it. */
function bench(start: { who: string; refreshToken: string } | null) {
  let held = start;
  let now = NOW;
  const asks: MemberAsk[] = [];
  const keeper = async (ask: MemberAsk): Promise<MemberAnswer> => {
    asks.push(ask);
    if (ask.what === 'keep') held = { who: ask.email, refreshToken: ask.refreshToken };
    if (ask.what === 'drop') held = null;
    const credentials = ask.what === 'sign-in' ? { email: EMAIL, password: 'correct horse' } : null;
    const refreshToken = ask.what === 'open' ? (held?.refreshToken ?? null) : null;
    return { who: held?.who ?? null, credentials, refreshToken };
  };
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const session = createMemberSession({ keeper, origin, now: () => now });
  const later = (ms: number) => {
    now += ms;
  };
  return { session, asks, later, held: () => held };
}
const KEPT = { who: EMAIL, refreshToken: 'r'.repeat(43) };

describe('the member’s session', () => {
  it('is opened with what was typed in the trusted window, and tells the page only whose it is', async () => {
    const t = bench(null);
    expect(await t.session.signIn()).toEqual({ who: EMAIL });
    expect(asked[0]).toEqual({
      url: '/api/v1/auth/login',
      body: JSON.stringify({ email: EMAIL, password: 'correct horse' }),
    });
    expect(t.held()?.refreshToken).toBe(tokensOf(1).refreshToken);
    expect(await t.session.token()).toBe('access-1');
    expect(asked).toHaveLength(1);
  });

  it('is not opened by a wrong password, and nothing is kept', async () => {
    const t = bench(null);
    answer = () => ({ status: 401, body: {} });
    await expect(t.session.signIn()).rejects.toMatchObject({
      code: 'request-failed',
      service: { status: 401 },
    });
    expect(t.held()).toBeNull();
  });

  it('is renewed once for many requests, because a refresh token is good for one use', async () => {
    const t = bench(KEPT);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => t.session.token()));
    expect(new Set(tokens)).toEqual(new Set(['access-1']));
    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/auth/refresh']);
    t.later(14 * MINUTE + 1);
    expect(await t.session.token()).toBe('access-2');
    expect(t.asks.filter(({ what }) => what === 'keep')).toHaveLength(2);
  });

  it('ends when its refresh token is refused, and stays when the service is only away', async () => {
    const t = bench(KEPT);
    answer = () => ({ status: 503, body: {} });
    await expect(t.session.token()).rejects.toMatchObject({ retryable: true });
    expect(t.held()).toEqual(KEPT);
    answer = () => ({ status: 401, body: {} });
    await expect(t.session.token()).rejects.toMatchObject({ service: { status: 401 } });
    expect(t.held()).toBeNull();
    await expect(t.session.token()).rejects.toMatchObject({ service: { status: 401 } });
    expect(asked).toHaveLength(2);
  });

  it('leaves nothing in memory when a lock comes between the answer and its use', async () => {
    const t = bench(KEPT);
    answer = () => {
      t.session.forget();
      return { status: 200, body: { tokens: tokensOf(1) } };
    };
    await expect(t.session.token()).rejects.toMatchObject({ code: 'locked' });
    expect(t.asks.some(({ what }) => what === 'keep')).toBe(false);
  });

  it('ends in the vault even when the service cannot be told', async () => {
    const t = bench(KEPT);
    answer = () => ({ status: 500, body: {} });
    expect(await t.session.signOut()).toEqual({ who: null });
    expect(t.held()).toBeNull();
  });
});

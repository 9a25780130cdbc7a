import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signAccessToken } from '../../service/identity/sessions/access-token.ts';
import { TokenKeys } from '../../service/identity/sessions/token-keys.ts';
import { accountsOf, PASSWORD } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { forgeries } from '../fixtures/jwt.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const SEED = Buffer.alloc(32, 6);
const MINUTE = 60_000;

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let clock: TestClock;
let api: TestApi;
/** Another instance on the same database. */
let other: TestApi;
let operator: TestOperator;

const start = (jwtSeed = SEED) =>
  startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac), jwtSeed });

beforeEach(async () => {
  await cluster.reset();
  clock = new TestClock();
  api = await start();
  other = await start();
  operator = await api.enrolFirst();
});
afterEach(async () => {
  await api.close();
  await other.close();
});

const { refresh, me, logout, open, renew, register } = accountsOf(() => api);
const REFUSED = { status: 401, body: { error: { code: 401, type: 'unauthorized' } } };
const rotate = (former: 'overlap' | 'refuse-now') =>
  api.signed(
    { route: 'auth.rotate-key', path: '/api/auth/signing-keys/rotate', body: { former, reason: 'yearly' } },
    operator,
  );
const kidOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')).kid;
const jwks = async (at = api) =>
  (await at.get('/.well-known/jwks.json', {})).body.keys.map((key: { kid: string }) => key.kid);

describe('a forged access token', () => {
  it('is 401 in every form, while the good one opens', async () => {
    const { accessToken } = await open();
    const key = await new TokenKeys(SEED).version(1);
    expect(kidOf(accessToken)).toBe(key.kid);
    for (const [name, forged] of Object.entries(await forgeries(accessToken, key)))
      expect(await me(forged), name).toMatchObject(REFUSED);
    expect((await me(accessToken)).status).toBe(200);
  });

  it('is 401 with the session of one account and the name of another', async () => {
    const [ada, eve] = [await open('ada@example.org'), await open('eve@example.org')];
    const key = await new TokenKeys(SEED).version(1);
    const mixed = await signAccessToken(
      key,
      { accountId: ada.accountId, sessionId: eve.sessionId },
      clock.now(),
      900,
    );
    expect(await me(mixed.token)).toMatchObject(REFUSED);
  });

  it('is 401 under a key of our seed that was never activated, and of another seed', async () => {
    const { accountId, sessionId } = await open();
    for (const key of [
      await new TokenKeys(SEED).version(2),
      await new TokenKeys(Buffer.alloc(32, 7)).version(1),
    ])
      expect(
        await me((await signAccessToken(key, { accountId, sessionId }, clock.now(), 900)).token),
      ).toMatchObject(REFUSED);
  });

  it('is 401 after 15 minutes, and its refresh token still good', async () => {
    const session = await open();
    clock.advance(15 * MINUTE - 1);
    expect((await me(session.accessToken)).status).toBe(200);
    clock.advance(1);
    expect(await me(session.accessToken)).toMatchObject(REFUSED);
    expect((await refresh(session.refreshToken)).status).toBe(200);
  });
});

describe('the families of credentials', () => {
  it('do not open each other’s routes', async () => {
    const { accessToken, refreshToken } = await open();
    const at = (path: string, token: string) => api.get(path, { authorization: `Bearer ${token}` });
    const FAMILY = { status: 403, body: { error: { type: 'wrong_family' } } };
    for (const path of ['/api/keys', '/api/v1/tokenhall/key']) {
      expect(await at(path, accessToken), path).toMatchObject(FAMILY);
      expect(await at(path, refreshToken), path).toMatchObject(REFUSED);
    }
    for (const token of [
      api.adminToken,
      `th_${'A'.repeat(43)}`,
      `thm_${'A'.repeat(43)}`,
      `tmid_${'A'.repeat(43)}`,
    ])
      expect(await me(token), token.slice(0, 5)).toMatchObject(FAMILY);
    expect(await me(refreshToken)).toMatchObject(REFUSED);
    await logout(accessToken);
    expect(await at('/api/keys', accessToken)).toMatchObject(REFUSED);
  });
});

describe('the key of access tokens', () => {
  it('is shown with the next one ahead, and both instances know a rotation at once', async () => {
    const before = await open();
    const [ahead, current] = await jwks();
    expect(kidOf(before.accessToken)).toBe(current);
    expect((await me(before.accessToken, other)).status).toBe(200);
    const answer = await rotate('overlap');
    expect(answer).toMatchObject({ status: 200, body: { version: 2, kid: ahead } });
    const after = await open();
    expect(kidOf(after.accessToken)).toBe(ahead);
    for (const { accessToken } of [before, after])
      for (const instance of [api, other]) expect((await me(accessToken, instance)).status).toBe(200);
    expect((await jwks(other)).slice(1)).toEqual([ahead, current]);
  });

  it('verifies for 16 minutes more after its rotation, and then never again', async () => {
    await open();
    await rotate('overlap');
    const [, second, first] = await jwks();
    clock.advance(16 * MINUTE - 1);
    expect((await jwks()).slice(1)).toEqual([second, first]);
    clock.advance(1);
    expect((await jwks()).slice(1)).toEqual([second]);
    const { accountId, sessionId } = await open();
    const late = await signAccessToken(
      await new TokenKeys(SEED).version(1),
      { accountId, sessionId },
      clock.now(),
      900,
    );
    expect(await me(late.token)).toMatchObject(REFUSED);
  });

  it('is refused at once when it was stolen; sessions go on with the next', async () => {
    const session = await open();
    expect((await me(session.accessToken, other)).status).toBe(200);
    await rotate('refuse-now');
    for (const instance of [api, other])
      expect(await me(session.accessToken, instance)).toMatchObject(REFUSED);
    const renewed = await renew(session);
    expect((await me(renewed.accessToken, other)).status).toBe(200);
    expect(await jwks()).not.toContain(kidOf(session.accessToken));
  });

  it('is rotated once by two at the same time, and by nobody without a signature', async () => {
    await open();
    const answers = await Promise.all([rotate('overlap'), rotate('overlap')]);
    const versions = answers.filter((a) => a.status === 200).map((a) => a.body.version);
    expect(new Set(versions).size).toBe(versions.length);
    expect(answers.every((a) => a.status === 200 || a.status === 409)).toBe(true);
    const path = '/api/auth/signing-keys/rotate';
    const body = { former: 'overlap', reason: 'x' };
    expect((await api.post(path, body, api.adminToken)).body.error.type).toBe('signature_missing');
  });

  it('is followed by one of the new root when the root has changed; sessions survive', async () => {
    const session = await open();
    await api.close();
    api = await start(Buffer.alloc(32, 7));
    expect(await me(session.accessToken)).toMatchObject(REFUSED);
    const renewed = await renew(session);
    expect((await me(renewed.accessToken)).status).toBe(200);
    expect((await jwks()).slice(1)).toEqual([kidOf(renewed.accessToken)]);
  });

  it('is one key for two instances that sign for the first time together', async () => {
    await register('ada@example.org');
    const body = { email: 'ada@example.org', password: PASSWORD };
    const answers = await Promise.all(
      [api, other, api, other].map((instance) => instance.post('/api/v1/auth/login', body)),
    );
    expect(new Set(answers.map((answer) => kidOf(answer.body.tokens.accessToken))).size).toBe(1);
    const { accessToken } = answers[0]?.body.tokens ?? {};
    expect((await me(accessToken, other)).status).toBe(200);
    const activated = await db.kysely
      .selectFrom('ledger_staged')
      .select('id')
      .where('kind', '=', 'signing-key.activated')
      .execute();
    expect(activated).toHaveLength(1);
  });
});

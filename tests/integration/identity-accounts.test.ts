import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsOf, PASSWORD } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { brokenStaging } from '../fixtures/ledger.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let api: TestApi;
let operator: TestOperator;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  operator = await api.enrolFirst();
});
afterEach(() => api.close());

const { register, login, me, open } = accountsOf(() => api);
const refused = (status: number, type: string) => ({ status, body: { error: { code: status, type } } });
const staged = async (kind: string) => {
  const rows = await db.kysely
    .selectFrom('ledger_staged')
    .select(['data', 'actor_type', 'actor_id', 'request_id'])
    .where('kind', '=', kind)
    .orderBy('arrival')
    .execute();
  return rows.map((row) => ({ ...row, data: JSON.parse(row.data) }));
};
const count = async (table: 'accounts' | 'account_sessions') =>
  (await db.kysely.selectFrom(table).select('id').execute()).length;
const setRole = (id: string, role: string) =>
  api.signed(
    {
      route: 'accounts.set-role',
      path: `/api/accounts/${id}/role`,
      body: { email: 'ada@example.org', role, reason: 'new duty' },
    },
    operator,
  );

describe('registration', () => {
  it('makes a user, in the ledger by its id and not by its address', async () => {
    const answer = await register('Ada@Example.org');
    expect(answer).toMatchObject({
      status: 201,
      body: { account: { email: 'Ada@Example.org', role: 'user' } },
    });
    const { id } = answer.body.account;
    const [entry] = await staged('account.registered');
    expect(entry).toMatchObject({
      actor_type: 'account',
      actor_id: id,
      request_id: answer.headers['x-request-id'],
      data: { accountId: id, role: 'user' },
    });
    expect(JSON.stringify(entry).toLowerCase()).not.toContain('example');
    expect(answer.text).not.toContain('argon2');
  });

  it.each([
    ['case', 'ADA@example.ORG'],
    ['Unicode form', 'ａda@example.org'],
    ['nothing', 'ada@example.org'],
  ])('of an address that differs in %s is 409, and changes nothing', async (_what, again) => {
    await register('ada@example.org');
    expect(await register(again, 'another password')).toMatchObject(refused(409, 'conflict'));
    expect(await count('accounts')).toBe(1);
    expect(await staged('account.registered')).toHaveLength(1);
    expect((await login('ada@example.org')).status).toBe(200);
    expect((await login('ada@example.org', 'another password')).status).toBe(401);
  });

  it('makes one account of sixteen at the same time', async () => {
    const spellings = ['ada@example.org', 'Ada@Example.org', 'ADA@EXAMPLE.ORG', 'ａda@example.org'];
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => register(spellings[i % 4] ?? '')));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([201, ...Array(15).fill(409)]);
    expect(await count('accounts')).toBe(1);
  });

  it.each(['attacker@probes.sallyport.invalid', 'Any.Body@PROBES.sallyport.INVALID'])(
    'of %s is for the probes, whom nobody passes for',
    async (email) => {
      expect(await register(email)).toMatchObject(refused(403, 'forbidden'));
      expect(await count('accounts')).toBe(0);
    },
  );

  it.each([
    ['a short password', { email: 'a@b.org', password: '1234567' }],
    ['an endless password', { email: 'a@b.org', password: 'x'.repeat(4097) }],
    ['no address', { email: 'nobody', password: PASSWORD }],
    ['an address with a NUL', { email: 'a\u0000@b.org', password: PASSWORD }],
    ['an address that vanishes', { email: 'a\ufe6bb@c.org', password: PASSWORD }],
    ['a role', { email: 'a@b.org', password: PASSWORD, role: 'super_admin' }],
    ['a prototype', JSON.parse('{"email":"a@b.org","password":"12345678","__proto__":{"role":"admin"}}')],
    ['nothing', {}],
    ['a list', []],
  ])('with %s is 400', async (_what, body) => {
    expect(await api.post('/api/v1/auth/register', body)).toMatchObject(refused(400, 'invalid_body'));
    expect(await count('accounts')).toBe(0);
  });

  it('takes the longest password there may be, to its last character', async () => {
    const longest = '🔑'.repeat(4096);
    expect((await register('a@b.org', longest)).status).toBe(201);
    expect((await login('a@b.org', longest)).status).toBe(200);
    expect((await login('a@b.org', '🔑'.repeat(4095))).status).toBe(401);
  });
});

describe('a login', () => {
  it('opens a session of 15 minutes and 30 days, in the ledger', async () => {
    await register('ada@example.org');
    const answer = await login('ADA@example.org');
    const { account, tokens } = answer.body;
    expect(answer.status).toBe(200);
    expect(tokens.expiresAt).toBe('2030-01-01T00:15:00.000Z');
    expect(tokens.refreshExpiresAt).toBe('2030-01-31T00:00:00.000Z');
    expect(tokens.refreshToken).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await me(tokens.accessToken)).toMatchObject({
      status: 200,
      body: { account: { id: account.id, email: 'ada@example.org' }, sessionId: tokens.sessionId },
    });
    expect(await staged('session.opened')).toMatchObject([
      { actor_type: 'account', actor_id: account.id, data: { sessionId: tokens.sessionId } },
    ]);
  });

  it('answers the same to a wrong password and to an unknown account, and opens nothing', async () => {
    await register('ada@example.org');
    const wrong = await login('ada@example.org', 'incorrect horse');
    const unknown = await login('eve@example.org', 'incorrect horse');
    const plain = ({ status, body: { error } }: typeof wrong) => ({ status, ...error, requestId: '' });
    expect(plain(wrong)).toEqual(plain(unknown));
    expect(wrong.status).toBe(401);
    expect(Object.keys(wrong.headers).sort()).toEqual(Object.keys(unknown.headers).sort());
    expect(await count('account_sessions')).toBe(0);
  });

  it('is refused when its ledger entry cannot be written', async () => {
    await register('ada@example.org');
    await api.close();
    const staging = brokenStaging('no room');
    api = await startTestApi({ db, clock: api.clock, staging });
    expect(await login('ada@example.org')).toMatchObject(refused(500, 'internal'));
    expect(await register('eve@example.org')).toMatchObject(refused(500, 'internal'));
    expect([await count('account_sessions'), await count('accounts')]).toEqual([0, 1]);
  });
});

describe('the role of an account', () => {
  const directory = (accessToken: string) =>
    api.get('/api/v1/accounts', { authorization: `Bearer ${accessToken}` });

  it('opens what names it, from the next request on, and is 403 elsewhere', async () => {
    const { accountId, accessToken } = await open();
    expect(await directory(accessToken)).toMatchObject(refused(403, 'forbidden'));
    expect(await setRole(accountId, 'admin')).toMatchObject({
      status: 200,
      body: { account: { role: 'admin' } },
    });
    expect(await directory(accessToken)).toMatchObject({
      status: 200,
      body: { accounts: [{ openSessions: 1 }] },
    });
    await setRole(accountId, 'super_admin');
    expect((await directory(accessToken)).status).toBe(200);
    await setRole(accountId, 'user');
    expect(await directory(accessToken)).toMatchObject(refused(403, 'forbidden'));
    expect((await staged('account.role-changed')).map(({ data }) => [data.from, data.to])).toEqual([
      ['user', 'admin'],
      ['admin', 'super_admin'],
      ['super_admin', 'user'],
    ]);
  });

  it('is changed by an operator only, of an account that exists, to another one', async () => {
    const { accountId, accessToken } = await open();
    const path = `/api/accounts/${accountId}/role`;
    const body = { role: 'admin', reason: 'I say so' };
    expect(await api.post(path, body)).toMatchObject(refused(401, 'unauthorized'));
    expect(await api.post(path, body, accessToken)).toMatchObject(refused(403, 'wrong_family'));
    expect(await api.post(path, body, api.adminToken)).toMatchObject(refused(401, 'signature_missing'));
    expect(await setRole(accountId, 'user')).toMatchObject(refused(409, 'conflict'));
    expect(await setRole(accountId, 'root')).toMatchObject(refused(400, 'invalid_body'));
    expect(await setRole(`acc_${'0'.repeat(26)}`, 'admin')).toMatchObject(refused(404, 'not_found'));
    expect(await staged('account.role-changed')).toEqual([]);
  });
});

describe('the list of accounts', () => {
  it('pages newest first, without skipping or repeating those of one instant', async () => {
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1) made.push((await register(`a${i}@example.org`)).body.account.id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await api.get(`/api/accounts?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.body.accounts.map((account: { id: string }) => account.id));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual([...made].sort().reverse());
    expect(await api.get('/api/accounts?cursor=x')).toMatchObject(refused(400, 'bad_request'));
  });

  it('holds no hash of a password', async () => {
    await register('ada@example.org');
    expect((await api.get('/api/accounts')).text).not.toContain('argon2');
  });
});

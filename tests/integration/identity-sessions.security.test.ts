import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { deleteExpiredTokens, insertSession } from '../../service/identity/sessions/store.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { accountsOf, PASSWORD, type TestSession } from '../fixtures/accounts.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { runJob, told } from '../fixtures/incidents.ts';
import { operatorActs } from '../fixtures/operators.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { hammer } from '../fixtures/treasury.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 12);

let clock: TestClock;
let api: TestApi;
/** Another instance on the same database. */
let other: TestApi;
let operator: TestOperator;

const start = () => startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });

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

const { refresh, me, logout, open, renew } = accountsOf(() => api);
const REFUSED = { status: 401, body: { error: { code: 401, type: 'unauthorized' } } };
const kinds = async () =>
  (await db.kysely.selectFrom('ledger_staged').select('kind').orderBy('arrival').execute())
    .map((row) => row.kind)
    .filter((kind) => kind.startsWith('session.'));
const revokeAll = (accountId: string) =>
  api.signed(
    {
      route: 'accounts.revoke-sessions',
      path: `/api/accounts/${accountId}/sessions/revoke`,
      body: { email: 'ada@example.org', reason: 'laptop stolen' },
    },
    operator,
  );
/** Neither instance opens anything to this session any more, by either of its tokens. */
async function expectDead({ accessToken, refreshToken }: TestSession) {
  for (const instance of [api, other]) {
    expect(await me(accessToken, instance)).toMatchObject(REFUSED);
    expect(await refresh(refreshToken, instance)).toMatchObject(REFUSED);
  }
}

describe('a refresh token', () => {
  it('is exchanged for others again and again, each used once', async () => {
    const first = await open();
    clock.advance(29 * DAY);
    const second = await renew(first);
    clock.advance(29 * DAY);
    const third = await renew(second);
    expect(new Set([first, second, third].map((s) => s.refreshToken)).size).toBe(3);
    expect(new Set([first, second, third].map((s) => s.sessionId)).size).toBe(1);
    expect((await me(third.accessToken, other)).status).toBe(200);
    expect(await kinds()).toEqual(['session.opened', 'session.refreshed', 'session.refreshed']);
  });

  it('used twice ends its whole family on every instance, and says so in the ledger', async () => {
    const first = await open();
    const second = await renew(first);
    const third = await renew(second);
    const bystander = await open();
    expect(await refresh(first.refreshToken)).toMatchObject(REFUSED);
    for (const session of [first, second, third]) await expectDead(session);
    expect((await me(bystander.accessToken)).status).toBe(200);
    const alerts = (await kinds()).filter((kind) => kind === 'session.reuse-detected');
    expect(alerts).toHaveLength(1);
  });

  it('is 401 when it is unknown, older than 30 days, or no token at all', async () => {
    const { refreshToken, accessToken } = await open();
    expect(await refresh('A'.repeat(43))).toMatchObject(REFUSED);
    for (const text of ['', accessToken, `${refreshToken}=`, 'x'])
      expect((await refresh(text)).status).toBe(400);
    clock.advance(30 * DAY);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
    await deleteExpiredTokens(db.kysely, new Date(clock.ms + 1));
    expect(await db.kysely.selectFrom('refresh_tokens').selectAll().execute()).toEqual([]);
    expect(await refresh(refreshToken)).toMatchObject(REFUSED);
    expect(await kinds()).toEqual(['session.opened']);
  });

  it.each([2, 16])(
    'of %i uses at the same time, on two instances, exactly one wins and the family ends',
    async (n) => {
      for (let round = 0; round < 3; round += 1) {
        const session = await open(`race${round}@example.org`);
        const answers = await Promise.all(
          Array.from({ length: n }, (_, i) => refresh(session.refreshToken, i % 2 === 0 ? api : other)),
        );
        const winners = answers.filter((answer) => answer.status === 200);
        expect(winners).toHaveLength(1);
        expect(answers.filter((answer) => answer.status === 401)).toHaveLength(n - 1);
        const { tokens } = winners[0]?.body ?? {};
        await expectDead({ ...session, ...tokens });
      }
      const alerts = (await kinds()).filter((kind) => kind === 'session.reuse-detected');
      expect(alerts).toHaveLength(3);
    },
  );

  it('cannot be made unused, nor a second of its generation, nor its session open again, by SQL', async () => {
    const first = await open();
    await renew(first);
    await logout((await open()).accessToken);
    const api1 = cluster.open('api', 1).kysely;
    const attempts = [
      [sql`UPDATE refresh_tokens SET used_at = NULL WHERE used_at IS NOT NULL`, 'refresh_tokens_stay_used'],
      [
        sql`INSERT INTO refresh_tokens SELECT sha256('x'), session_id, generation, issued_at, expires_at FROM refresh_tokens LIMIT 1`,
        'refresh_tokens_one_line',
      ],
      [
        sql`UPDATE account_sessions SET revoked_at = NULL, revoked_cause = NULL WHERE revoked_at IS NOT NULL`,
        'account_sessions_stay_revoked',
      ],
      [
        sql`UPDATE account_sessions SET expires_at = 'infinity' WHERE revoked_at IS NOT NULL`,
        'account_sessions_stay_revoked',
      ],
    ] as const;
    for (const [statement, constraint] of attempts)
      await expect(statement.execute(api1)).rejects.toMatchObject({ code: 'constraint', constraint });
  });
});

describe('the end of a session', () => {
  it('by logout is its own end, at once and on every instance', async () => {
    const [one, two] = [await open(), await open()];
    expect(await logout(one.accessToken)).toMatchObject({ status: 200, body: { ended: 1 } });
    await expectDead(one);
    expect(await logout(one.accessToken)).toMatchObject(REFUSED);
    expect((await me(two.accessToken, other)).status).toBe(200);
    expect(await kinds()).toEqual(['session.opened', 'session.opened', 'session.revoked']);
  });

  it('by logout everywhere ends all of the account and none of another', async () => {
    const mine = [await open(), await open(), await open()];
    const eve = await open('eve@example.org');
    expect(await logout(mine[1]?.accessToken ?? '', true)).toMatchObject({ status: 200, body: { ended: 3 } });
    for (const session of mine) await expectDead(session);
    expect((await me(eve.accessToken)).status).toBe(200);
    expect((await open()).sessionId).not.toBe(mine[0]?.sessionId);
  });

  it('by an operator ends all of the account, with the reason', async () => {
    const session = await open();
    expect(await revokeAll(session.accountId)).toMatchObject({ status: 200, body: { ended: 1 } });
    await expectDead(session);
    expect(await revokeAll(session.accountId)).toMatchObject({ status: 200, body: { ended: 0 } });
    expect((await revokeAll(`acc_${'0'.repeat(26)}`)).status).toBe(404);
  });

  it('wins against refreshes at the same time, whoever comes first', async () => {
    for (let round = 0; round < 5; round += 1) {
      const session = await open(`end${round}@example.org`);
      const [, refreshed] = await Promise.all([
        logout(session.accessToken, true),
        refresh(session.refreshToken, other),
      ]);
      await expectDead(refreshed.status === 200 ? { ...session, ...refreshed.body.tokens } : session);
      await expectDead(session);
    }
  });

  it('needs a session', async () => {
    for (const path of ['/api/v1/auth/logout', '/api/v1/auth/logout-all']) {
      expect(await api.post(path, {})).toMatchObject(REFUSED);
      expect((await api.post(path, {}, api.adminToken)).status).toBe(403);
    }
  });
});

describe('a contained account', () => {
  const EMAIL = 'ada@example.org';
  const acts = operatorActs(() => api);
  const signIn = (at: TestApi, password = PASSWORD) =>
    at.post('/api/v1/auth/login', { email: EMAIL, password });
  const contain = async (accountId: string): Promise<string> => {
    const body = { kind: 'account', id: accountId, name: EMAIL, reason: 'stolen' };
    const answer = await other.signed(
      { route: 'containments.order', path: '/api/containments', body },
      operator,
    );
    expect(answer.status, answer.text).toBe(202);
    return answer.body.containment.id;
  };
  const release = (id: string, name = EMAIL) =>
    api.signed(
      {
        ...{ route: 'containments.release', path: `/api/containments/${id}/release` },
        body: { name, reason: 'it is hers again' },
      },
      operator,
    );
  const reasonOf = ({ status, body }: { status: number; body: { error?: { type: string } } }) =>
    `${status} ${body.error?.type}`;

  it('is kept out as by a wrong password, until two persons release each containment of it', async () => {
    const bob = await acts.join('Bob', 'administrator', operator);
    const { accountId } = await open();
    const both = [await contain(accountId), await contain(accountId)] as const;
    const said = async (password?: string) => {
      const { status, body } = await signIn(other, password);
      return { status, type: body.error.type, message: body.error.message };
    };
    expect(await said()).toEqual(await said('another password'));
    expect((await api.get(`/api/assume-stolen?kind=account&id=${accountId}`)).body.stolen).toMatchObject({
      ...{ state: 'revoked', reach: [], becomes: [] },
    });
    expect(reasonOf(await release(both[0]))).toBe('409 conflict');
    await runJob(other, 'containments');
    expect(reasonOf(await release(both[0], 'eve@example.org'))).toBe('409 name_mismatch');
    expect(reasonOf(await release(makeId('containment', new Uint8Array(10), 0)))).toBe('404 not_found');
    for (const id of both) {
      const proposed = await release(id);
      expect(proposed.status, proposed.text).toBe(202);
      const { proposal } = proposed.body;
      expect(reasonOf(await acts.approve(proposal, operator))).toBe('403 same_person');
      expect(await signIn(api)).toMatchObject(REFUSED);
      expect((await acts.approve(proposal, bob)).status).toBe(200);
      expect(reasonOf(await release(id))).toBe('409 conflict');
    }
    expect((await signIn(other)).status).toBe(200);
    const released = await told(db, 'containment.released');
    expect(released.map(({ containmentId }) => containmentId).sort()).toEqual([...both].sort());
    for (const one of released) expect(one).toMatchObject({ accountId, reason: 'it is hers again' });
    const { containment } = (await api.get(`/api/containments/${both[0]}`)).body;
    expect(containment.releasedAt).not.toBeNull();
  });

  it('has no session left by any sign-in that was under way on either instance', async () => {
    const { accountId } = await open();
    let ordered: Promise<string> | undefined;
    const answers = await hammer(16, (n) => {
      if (n === 5) ordered = contain(accountId);
      return signIn(n % 2 === 0 ? api : other);
    });
    await ordered;
    for (const answer of answers) expect(answer.status).toBe('fulfilled');
    // The job that goes on with the rest has not run.
    const left = await db.kysely
      .selectFrom('account_sessions')
      .where('revoked_at', 'is', null)
      .select('id')
      .execute();
    expect(left).toEqual([]);
    expect(await signIn(api)).toMatchObject(REFUSED);
  });

  it('is refused by the database to whoever compared the password before, and is released once', async () => {
    const { accountId } = await open();
    const containment = await contain(accountId);
    const id = makeId('accountSession', new Uint8Array(10), clock.ms);
    const late = { id, accountId, openedAt: clock.now(), expiresAt: clock.now() };
    const refusedBy = (constraint: string) => ({ constraint });
    await expect(transact(db, (tx) => insertSession(tx, late))).rejects.toMatchObject(
      refusedBy('account_is_contained'),
    );
    const set = (values: { released_at?: Date; released_by?: string; release_reason?: string }) =>
      db.kysely.updateTable('containments').set(values).where('id', '=', containment).execute();
    const whole = { released_at: clock.now(), released_by: 'x', release_reason: 'x' };
    const early = set(whole);
    await expect(early).rejects.toMatchObject(refusedBy('containments_release_finished_accounts'));
    await runJob(api, 'containments');
    const half = set({ released_at: clock.now() });
    await expect(half).rejects.toMatchObject(refusedBy('containments_released_as_a_whole'));
    await set(whole);
    const twice = set({ release_reason: 'y' });
    await expect(twice).rejects.toMatchObject(refusedBy('containments_release_once'));
  });
});

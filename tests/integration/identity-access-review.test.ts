import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ACCESS_REVIEW_DAYS, type AccessReviewState, accessText } from '../../shared/http/access-review.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { operatorsRoom, refused } from '../fixtures/two-operators.ts';

const room = await operatorsRoom('responder');
const DAY = 24 * 3_600_000;

const read = async (): Promise<AccessReviewState> => (await room.api.get('/api/access-review')).body;
const sign = (state: Pick<AccessReviewState, 'digest' | 'rows'>, by: TestOperator) =>
  room.api.signed(
    {
      route: 'access.sign',
      path: '/api/access-review',
      body: { digest: state.digest, rows: state.rows.length },
    },
    by,
  );
const rowOf = (state: AccessReviewState, name: string, group: string) =>
  state.rows.find((row) => row.name === name && row.group === group);
const createKey = (by: TestOperator) =>
  room.api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'k' } }, by);

describe('who can do what', () => {
  it('is a row for each person and group of routes, with since and the day of its last use', async () => {
    const before = await read();
    expect(rowOf(before, 'Ada', 'operators')).toMatchObject({
      role: 'administrator',
      keyId: room.ada.keyId,
      routes: ['operators.changeRole', 'operators.invite', 'operators.revoke'],
      risk: 'critical',
      since: '2030-01-01T00:00:00.000Z',
      // She invited Bob.
      lastUsedOn: '2030-01-01',
    });
    expect(rowOf(before, 'Bob', 'keys')).toMatchObject({ role: 'responder', lastUsedOn: null });
    expect(rowOf(before, 'Bob', 'access')).toBeUndefined();
    room.api.clock.advance(3 * DAY);
    await createKey(room.bob);
    expect(rowOf(await read(), 'Bob', 'keys')?.lastUsedOn).toBe('2030-01-04');
  });

  it('counts authority from the change of the role that gave it, and ends with a revocation', async () => {
    room.api.clock.advance(DAY);
    const carol = await room.acts.join('Carol', 'administrator', room.ada, room.bob);
    const proposed = await room.acts.changeRole(carol.id, 'custodian', room.ada);
    room.api.clock.advance(3_600_000);
    expect((await room.acts.approve(proposed.body.proposal, room.bob)).status).toBe(200);
    expect(rowOf(await read(), 'Carol', 'proposals')).toMatchObject({
      role: 'custodian',
      since: '2030-01-02T01:00:00.000Z',
    });
    await room.acts.revoke(carol.id, room.bob);
    expect((await read()).rows.some(({ name }) => name === 'Carol')).toBe(false);
  });
});

describe('a review', () => {
  it('is signed over exactly these rows, told in the ledger, and listed with who and when', async () => {
    const state = await read();
    expect(state.digest).toBe(createHash('sha256').update(accessText(state.rows)).digest('hex'));
    const answer = await sign(state, room.ada);
    expect(answer).toMatchObject({ status: 201, body: { review: { name: 'Ada', digest: state.digest } } });
    expect((await room.lastEvent('operators.access-reviewed')).data).toEqual({
      reviewId: answer.body.review.id,
      digest: state.digest,
      rows: state.rows.length,
      keyId: room.ada.keyId,
    });
    expect((await read()).reviews).toEqual([answer.body.review]);
    const kept = await room.db.kysely
      .selectFrom('access_reviews')
      .select('reviewed')
      .executeTakeFirstOrThrow();
    expect(kept.reviewed).toBe(accessText(state.rows));
  });

  it('of rows that have changed since is refused, and tells nothing', async () => {
    const state = await read();
    await createKey(room.bob);
    expect(await sign(state, room.ada)).toMatchObject(refused(409, 'conflict'));
    expect(await sign({ ...(await read()), rows: state.rows.slice(1) }, room.ada)).toMatchObject(
      refused(409, 'conflict'),
    );
    expect(await room.kinds()).not.toContain('operators.access-reviewed');
    expect((await sign(await read(), room.ada)).status).toBe(201);
  });

  it('is not ended by what an operator does every minute: use is told by the day', async () => {
    await createKey(room.bob);
    const state = await read();
    room.api.clock.advance(60_000);
    await createKey(room.bob);
    expect((await sign(state, room.ada)).status).toBe(201);
  });

  it('is for those who read and administer, and is overdue after its time', async () => {
    expect(await sign(await read(), room.bob)).toMatchObject(refused(403, 'forbidden'));
    const rita = await room.acts.join('Rita', 'administrator', room.ada, room.bob);
    const change = await room.acts.changeRole(rita.id, 'reviewer', room.ada);
    await room.acts.approve(change.body.proposal, room.bob);
    expect((await read()).overdue).toBe(false);
    room.api.clock.advance(ACCESS_REVIEW_DAYS * DAY);
    expect(await read()).toMatchObject({ overdue: true, dueAt: '2030-04-01T00:00:00.000Z' });
    expect((await sign(await read(), rita)).status).toBe(201);
    expect(await read()).toMatchObject({ overdue: false, dueAt: '2030-06-30T00:00:00.000Z' });
  });

  it('is kept as it was signed: neither the api nor wrong rows get past the database', async () => {
    await sign(await read(), room.ada);
    const { kysely } = room.db;
    const denied = { code: 'forbidden' };
    await expect(kysely.deleteFrom('access_reviews').execute()).rejects.toMatchObject(denied);
    const row = await kysely.selectFrom('access_reviews').selectAll().executeTakeFirstOrThrow();
    const forged = { ...row, id: row.id.replace(/.$/, (c) => (c === '0' ? '1' : '0')), reviewed: '{}' };
    await expect(kysely.insertInto('access_reviews').values(forged).execute()).rejects.toMatchObject({
      constraint: 'access_reviews_digest_is_of_the_rows',
    });
  });
});

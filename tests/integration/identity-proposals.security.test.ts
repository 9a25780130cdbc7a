import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Proposal } from '../../shared/http/proposal.ts';
import { proposalDigestOf } from '../../shared/http/sign.ts';
import { ORIGIN, startTestApi, type TestAnswer, type TestApi, testStaging } from '../fixtures/api.ts';
import { prepareApproval, sha256, type TestOperator } from '../fixtures/signing.ts';
import { operatorsRoom, refused } from '../fixtures/two-operators.ts';

const room = await operatorsRoom('administrator');
const { acts, db } = room;
const owner = room.cluster.open('migrator', 2);

let api: TestApi;
let ada: TestOperator;
let bob: TestOperator & { readonly id: string };
let keyId: string;
const staging = () => testStaging(api.clock, room.cluster.keys.stagingMac);

beforeEach(async () => {
  ({ api, ada, bob } = room);
  const made = await api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'k' } }, ada);
  keyId = made.body.key.id;
});

const propose = async (limit = 600): Promise<Proposal> => (await acts.raise(keyId, limit, ada)).body.proposal;
const tally = (answers: readonly TestAnswer[]) => {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status === 200 ? 'done' : body.error.type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

async function outcome() {
  const { requests_per_minute: limit } = await db.kysely
    .selectFrom('api_keys')
    .select('requests_per_minute')
    .where('id', '=', keyId)
    .executeTakeFirstOrThrow();
  const approvals = await db.kysely.selectFrom('proposal_approvals').select('proposal_id').execute();
  const told = await db.kysely
    .selectFrom('ledger_staged')
    .select('kind')
    .where('kind', 'in', ['proposal.executed', 'key.limit-raised'])
    .execute();
  return { limit, approvals: approvals.length, told: told.length };
}
const BEFORE = { limit: 60, approvals: 0, told: 0 };
/** Bob's enrolment was the second one, so nothing was approved for it. */
const ONCE = { limit: 600, approvals: 1, told: 2 };

describe('the proposed body is swapped in the database', () => {
  const swap = (set: string) => sql.raw(`UPDATE proposals SET ${set}`).execute(owner.kysely);

  it('after it was looked at: the card that was signed is another one', async () => {
    const proposal = await propose();
    await swap(`body = '{"requestsPerMinute":100000}'`);
    expect(await acts.approve(proposal, bob)).toMatchObject(refused(401, 'card_mismatch'));
    expect(await outcome()).toEqual(BEFORE);
  });

  it('before it was looked at, digest and all: the proposer’s signature does not fit', async () => {
    const proposal = await propose();
    const content = { ...proposal.content, body: '{"requestsPerMinute":100000}' };
    const digest = proposalDigestOf(content, sha256);
    await swap(`body = '${content.body}', digest = decode('${digest}', 'hex')`);
    const [shown] = (await api.get('/api/proposals')).body.proposals;
    expect(shown).toMatchObject({ digest, content, proposed: { valid: false } });
    expect(await acts.approve(shown, bob)).toMatchObject(refused(401, 'digest_mismatch'));
    expect(await outcome()).toEqual(BEFORE);
  });

  it.each([
    ['the target', `target = replace(target, 'limit', 'limit/lower')`],
    ['the proposer', `proposer_name = 'Eve'`],
    ['the time', `expires_at = expires_at - interval '1 second'`],
    ['the nonce', `nonce = 'AAAAAAAAAAAAAAAAAAAAAA'`],
  ])('or %s', async (_what, set) => {
    const proposal = await propose();
    await swap(set);
    expect((await acts.approve(proposal, bob)).status).toBe(401);
    expect(await outcome()).toEqual(BEFORE);
  });

  it('cannot be swapped by the api at all', async () => {
    await propose();
    for (const set of [`body = '{}'`, `digest = sha256('')`, `proposer_id = 'x'`, `expires_at = now()`])
      await expect(sql.raw(`UPDATE proposals SET ${set}`).execute(db.kysely)).rejects.toMatchObject({
        code: 'forbidden',
      });
  });
});

describe('an approval is used for another proposal', () => {
  it('on its path, with its digest, or with its card', async () => {
    const [first, second] = [await propose(600), await propose(700)];
    const good = await prepareApproval(ORIGIN, first, bob);
    const moved = { ...good, path: `/api/proposals/${second.id}/approve` };
    expect((await api.send(moved)).status).toBe(401);
    const other = { ...good, body: JSON.stringify({ digest: second.digest }) };
    expect(await api.send(other)).toMatchObject(refused(401, 'digest_mismatch'));
    // Signed well, for the first one's content under the second one's id.
    expect(await acts.approve({ id: second.id, content: first.content }, bob)).toMatchObject(
      refused(401, 'digest_mismatch'),
    );
    expect(await outcome()).toEqual(BEFORE);
    expect(await api.send(good)).toMatchObject({ status: 200 });
    expect(await outcome()).toEqual(ONCE);
  });

  it('names a digest that nobody proposed, or hides it in another spelling', async () => {
    const proposal = await propose();
    const unknown = { ...proposal, content: { ...proposal.content, nonce: 'B'.repeat(22) } };
    expect(await acts.approve(unknown, bob)).toMatchObject(refused(401, 'digest_mismatch'));
    const good = await prepareApproval(ORIGIN, proposal, bob);
    const spaced = { ...good, body: good.body.replace(':', ': ') };
    expect(await api.send(spaced)).toMatchObject(refused(401, 'digest_mismatch'));
  });
});

describe('one person plays two', () => {
  it('approving what it proposed itself', async () => {
    expect(await acts.approve(await propose(), ada)).toMatchObject(refused(403, 'same_person'));
    expect(await outcome()).toEqual(BEFORE);
  });

  it('with a second key under its own name, however it is spelt', async () => {
    for (const name of ['Ada', 'ADA ', 'Ａｄａ']) {
      const twin = await acts.join(name.trim(), 'administrator', ada, bob);
      expect(await acts.approve(await propose(), twin)).toMatchObject(refused(403, 'same_person'));
      expect((await outcome()).limit).toBe(60);
    }
  });

  it('is refused by the database as well', async () => {
    const { id } = await propose();
    const { id: adaId } = await db.kysely
      .selectFrom('operators')
      .select('id')
      .where('key_id', '=', ada.keyId)
      .executeTakeFirstOrThrow();
    const approval = (operatorId: string) =>
      sql`INSERT INTO proposal_approvals SELECT ${id}, proposer_id, ${operatorId}, 'x', 'x', now(), now(), 'x', 'x', proof_value
        FROM proposals WHERE id = ${id}`.execute(db.kysely);
    await expect(approval(adaId)).rejects.toMatchObject({ constraint: 'proposal_approvals_by_another' });
    await expect(
      sql`UPDATE proposals SET state = 'executed', closed_at = now(), subject = 'x' WHERE id = ${id}`.execute(
        db.kysely,
      ),
    ).rejects.toMatchObject({ constraint: 'proposals_executed_when_approved' });
  });
});

describe('an approval is sent again', () => {
  it('100 times at once, to two instances: one execution', async () => {
    const request = await prepareApproval(ORIGIN, await propose(), bob);
    const twin = await startTestApi({ db, clock: api.clock, staging: staging() });
    const instances = [api, twin];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => instances[i % 2]?.send(request) as Promise<TestAnswer>),
    );
    await twin.close();
    expect(tally(answers)).toEqual({ done: 1, signature_replayed: 99 });
    expect(await outcome()).toEqual(ONCE);
  });

  it('with a new signature each time: one execution', async () => {
    const proposal = await propose();
    const answers = await Promise.all(Array.from({ length: 20 }, () => acts.approve(proposal, bob)));
    expect(tally(answers)).toEqual({ done: 1, conflict: 19 });
    expect(await outcome()).toEqual(ONCE);
  });

  it('after it was refused: it stays used up, although it would be good by now', async () => {
    const proposal = await propose();
    const [pending] = [await acts.changeRole(bob.id, 'custodian', ada)];
    const carol = await acts.join('Carol', 'administrator', ada, bob);
    expect(await acts.approve(pending.body.proposal, carol)).toMatchObject({ status: 200 });
    const request = await prepareApproval(ORIGIN, proposal, bob, 3600);
    expect(await api.send(request)).toMatchObject(refused(403, 'forbidden'));
    const back = await acts.changeRole(bob.id, 'administrator', ada);
    expect(await acts.approve(back.body.proposal, carol)).toMatchObject({ status: 200 });
    expect(await api.send(request)).toMatchObject(refused(401, 'signature_replayed'));
    expect((await outcome()).limit).toBe(60);
    expect(await acts.approve(proposal, bob)).toMatchObject({ status: 200 });
  });
});

describe('the second person may not', () => {
  it('for want of the route’s role', async () => {
    const roles = ['reviewer', 'custodian'] as const;
    for (const role of roles) {
      const weak = await acts.join(`Weak ${role}`, role, ada, bob);
      expect(await acts.approve(await propose(), weak)).toMatchObject(refused(403, 'forbidden'));
    }
    expect((await outcome()).limit).toBe(60);
  });

  it('once it is revoked, nor for a proposer that is', async () => {
    const proposal = await propose();
    const carol = await acts.join('Carol', 'responder', ada, bob);
    await acts.revoke(carol.id, bob);
    expect(await acts.approve(proposal, carol)).toMatchObject(refused(401, 'key_unknown'));
    const { operators } = (await api.get('/api/operators')).body;
    const first = operators.find(({ name }: { name: string }) => name === 'Ada');
    expect(await acts.revoke(first.id, bob)).toMatchObject({ status: 200 });
    expect(await acts.approve(proposal, bob)).toMatchObject(refused(409, 'conflict'));
    expect((await api.get('/api/proposals?state=withdrawn')).body.proposals).toMatchObject([
      { id: proposal.id },
    ]);
    expect((await outcome()).limit).toBe(60);
  });

  it('after the proposal has expired, by a signature that has not', async () => {
    const proposal = await propose();
    api.clock.advance(24 * 3_600_000);
    expect(await acts.approve(proposal, bob)).toMatchObject(refused(409, 'conflict'));
    expect(await outcome()).toEqual(BEFORE);
  });
});

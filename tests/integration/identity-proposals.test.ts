import { beforeEach, describe, expect, it } from 'vitest';
import { expireProposals } from '../../service/identity/proposals/closing.ts';
import { ORIGIN, type TestApi, testStaging } from '../fixtures/api.ts';
import { prepareApproval, type TestOperator } from '../fixtures/signing.ts';
import { operatorsRoom, refused } from '../fixtures/two-operators.ts';

const room = await operatorsRoom();
const { acts, db, kinds } = room;

let api: TestApi;
let ada: TestOperator;

beforeEach(() => {
  ({ api, ada } = room);
});

const DAY = 24 * 3_600_000;

const newKey = async (): Promise<{ id: string; secret: string }> => {
  const { body } = await api.signed(
    { route: 'keys.create', path: '/api/keys', body: { label: 'k', requestsPerMinute: 60 } },
    ada,
  );
  return { id: body.key.id, secret: body.secret };
};
const limitOf = async (secret: string): Promise<number> => {
  const answer = await api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secret}` });
  return answer.body.key.requestsPerMinute;
};

describe('a critical action', () => {
  it('is proposed by one signature, executed by a second person’s, and told in the ledger', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    const key = await newKey();
    const proposed = await acts.raise(key.id, 600, ada);
    expect(proposed).toMatchObject({
      status: 202,
      body: {
        proposal: {
          state: 'open',
          content: { route: 'limits.raise', body: '{"requestsPerMinute":600}', proposer: { name: 'Ada' } },
          proposed: { keyId: ada.keyId, keyState: 'active', valid: true },
          approved: null,
        },
      },
    });
    expect(await limitOf(key.secret)).toBe(60);
    const { proposal } = proposed.body;
    expect(Date.parse(proposal.content.expiresAt) - api.clock.ms).toBe(DAY);
    expect((await api.get('/api/proposals?state=open')).body.proposals).toEqual([proposal]);

    const approved = await acts.approve(proposal, bob);
    expect(approved).toMatchObject({
      status: 200,
      body: {
        proposal: {
          state: 'executed',
          subject: key.id,
          approved: { operatorId: bob.id, keyId: bob.keyId, valid: true },
        },
      },
    });
    expect(await limitOf(key.secret)).toBe(600);
    expect((await kinds()).slice(-4)).toEqual([
      'proposal.proposed',
      'proposal.approved',
      'key.limit-raised',
      'proposal.executed',
    ]);
    expect((await api.get('/api/proposals?state=open')).body.proposals).toEqual([]);
  });

  it('says that a second operator is needed while there is one', async () => {
    const key = await newKey();
    expect(await acts.raise(key.id, 600, ada)).toMatchObject(refused(409, 'second_operator_needed'));
    await acts.join('Bob', 'reviewer', ada);
    expect(await acts.raise(key.id, 600, ada)).toMatchObject(refused(409, 'second_operator_needed'));
    expect((await api.get('/api/proposals')).body.proposals).toEqual([]);
  });

  it('is refused at once when it could not be done', async () => {
    await acts.join('Bob', 'responder', ada);
    const key = await newKey();
    expect(await acts.raise(key.id, 60, ada)).toMatchObject(refused(409, 'conflict'));
    const unknown = key.id.replace(/.$/, key.id.endsWith('0') ? '1' : '0');
    expect(await acts.raise(unknown, 600, ada)).toMatchObject(refused(404, 'not_found'));
  });

  it('can be approved by a signature made up to a day before', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    const key = await newKey();
    const { proposal } = (await acts.raise(key.id, 600, ada)).body;
    const brief = await prepareApproval(ORIGIN, proposal, bob);
    const carried = await prepareApproval(ORIGIN, proposal, bob, 24 * 3600);
    api.clock.advance(23 * 3_600_000);
    expect(await api.send(brief)).toMatchObject(refused(401, 'signature_expired'));
    expect(await api.send(carried)).toMatchObject({ status: 200 });
    // The day-long approval has not moved the horizon of the ordinary nonces into tomorrow.
    expect(await acts.lower(key.id, 30, ada)).toMatchObject({ status: 200 });
  });

  it('ends when it is withdrawn, by anybody who may act, and when its day is over', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    const key = await newKey();
    const first = (await acts.raise(key.id, 600, ada)).body.proposal;
    expect(await acts.withdraw(first.id, bob)).toMatchObject({
      status: 200,
      body: { proposal: { state: 'withdrawn', closedBy: bob.id } },
    });
    expect(await acts.approve(first, bob)).toMatchObject(refused(409, 'conflict'));
    expect(await acts.withdraw(first.id, bob)).toMatchObject(refused(409, 'conflict'));

    const second = (await acts.raise(key.id, 600, ada)).body.proposal;
    api.clock.advance(DAY);
    expect((await api.get('/api/proposals?state=expired')).body.proposals).toMatchObject([{ id: second.id }]);
    const staging = testStaging(api.clock, room.cluster.keys.stagingMac);
    expect(await expireProposals(db, staging, api.clock.now())).toBe(1);
    expect(await expireProposals(db, staging, api.clock.now())).toBe(0);
    expect((await kinds()).filter((kind) => kind === 'proposal.expired')).toHaveLength(1);
    expect(await limitOf(key.secret)).toBe(60);
  });

  it('is listed by pages', async () => {
    await acts.join('Bob', 'responder', ada);
    const key = await newKey();
    for (const limit of [100, 200, 300]) {
      await acts.raise(key.id, limit, ada);
      api.clock.advance(1000);
    }
    const first = (await api.get('/api/proposals?limit=2')).body;
    expect(first.proposals).toHaveLength(2);
    const rest = (await api.get(`/api/proposals?limit=2&cursor=${first.nextCursor}`)).body;
    expect(rest).toMatchObject({ nextCursor: null });
    expect(rest.proposals[0].content.body).toBe('{"requestsPerMinute":100}');
    expect(await api.get('/api/proposals?cursor=nonsense')).toMatchObject(refused(400, 'bad_request'));
  });
});

describe('lowering a limit', () => {
  it('waits for nobody, and cannot raise', async () => {
    const key = await newKey();
    expect(await acts.lower(key.id, 61, ada)).toMatchObject(refused(409, 'conflict'));
    expect(await acts.lower(key.id, 10, ada)).toMatchObject({
      status: 200,
      body: { key: { requestsPerMinute: 10 } },
    });
    expect(await limitOf(key.secret)).toBe(10);
  });
});

describe('a retired key', () => {
  it('signs nothing new and still proves what it signed', async () => {
    const bob = await acts.join('Bob', 'administrator', ada);
    const key = await newKey();
    const { proposal } = (await acts.raise(key.id, 600, ada)).body;
    expect((await acts.approve(proposal, bob)).status).toBe(200);
    expect(await acts.revoke(bob.id, ada)).toMatchObject({ status: 200 });
    const [shown] = (await api.get('/api/proposals')).body.proposals;
    expect(shown.approved).toMatchObject({ keyId: bob.keyId, keyState: 'retired', valid: true });
    expect(await acts.lower(key.id, 30, bob)).toMatchObject(refused(401, 'key_unknown'));
  });
});

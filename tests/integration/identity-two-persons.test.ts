import { beforeEach, describe, expect, it } from 'vitest';
import { NO_ADMINISTRATOR_LEFT } from '../../shared/http/operators.ts';
import type { TestApi } from '../fixtures/api.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { operatorsRoom, refused } from '../fixtures/two-operators.ts';

const room = await operatorsRoom();
const { acts, db, lastEvent } = room;

let api: TestApi;
let ada: TestOperator;

beforeEach(() => {
  ({ api, ada } = room);
});

const operators = async (): Promise<{ id: string; name: string; role: string; state: string }[]> =>
  (await api.get('/api/operators')).body.operators;
const idOf = async (name: string) => (await operators()).find((one) => one.name === name)?.id ?? '';
const createKey = (by: TestOperator) =>
  api.signed({ route: 'keys.create', path: '/api/keys', body: { label: 'k' } }, by);

describe('an enrolment beside others', () => {
  it('waits for another operator, who approves the very key', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    const { code } = (await acts.invite(ada, 'Carol', 'custodian')).body;
    const carol = api.newOperator();
    const answer = await acts.enrol(carol, code, 'Carol');
    expect(answer).toMatchObject({
      status: 202,
      body: { proposal: { state: 'open', content: { route: 'operators.enrol', proposer: { name: 'Ada' } } } },
    });
    const { proposal } = answer.body;
    expect(proposal.proposed).toMatchObject({ keyId: carol.keyId, keyState: 'enrolling', valid: true });
    expect(JSON.parse(proposal.content.body)).toMatchObject({
      name: 'Carol',
      role: 'custodian',
      publicKey: carol.publicKey,
    });
    expect(answer.text).not.toContain(code);
    expect(await createKey(carol)).toMatchObject(refused(401, 'key_unknown'));
    expect(await acts.approve(proposal, ada)).toMatchObject(refused(403, 'same_person'));
    expect(await acts.approve(proposal, bob)).toMatchObject({ status: 200 });
    expect((await operators()).find(({ name }) => name === 'Carol')).toMatchObject({ role: 'custodian' });
    expect((await lastEvent('operator.enrolled')).data).toMatchObject({
      keyId: carol.keyId,
      by: 'invitation',
    });
    expect((await lastEvent('proposal.proposed')).actor_name).toBe('Ada');
  });

  it('uses its code up, whatever comes of it', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    const { code } = (await acts.invite(ada, 'Carol', 'custodian')).body;
    const { proposal } = (await acts.enrol(api.newOperator(), code, 'Carol')).body;
    expect(await acts.enrol(api.newOperator(), code, 'Carol')).toMatchObject(
      refused(401, 'enrolment_code_invalid'),
    );
    await acts.withdraw(proposal.id, bob);
    expect(await acts.enrol(api.newOperator(), code, 'Carol')).toMatchObject(
      refused(401, 'enrolment_code_invalid'),
    );
    expect(await operators()).toHaveLength(2);
  });

  it('has one winner when two invitations of a sole operator are used at once', async () => {
    const codes = await Promise.all(
      ['Bob', 'Carol'].map(async (name) => (await acts.invite(ada, name, 'responder')).body.code as string),
    );
    const answers = await Promise.all([
      acts.enrol(api.newOperator(), codes[0] ?? '', 'Bob'),
      acts.enrol(api.newOperator(), codes[1] ?? '', 'Carol'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 202]);
  });

  it('stays two persons’ work after the others were revoked', async () => {
    const bob = await acts.join('Bob', 'administrator', ada);
    const { code } = (await acts.invite(ada, 'Eve', 'administrator')).body;
    await acts.revoke(bob.id, ada);
    expect(await acts.invite(ada, 'Mallory', 'administrator')).toMatchObject(
      refused(409, 'second_operator_needed'),
    );
    expect(await acts.enrol(api.newOperator(), code, 'Eve')).toMatchObject(
      refused(409, 'second_operator_needed'),
    );
    expect((await operators()).filter(({ state }) => state === 'active')).toHaveLength(1);
  });
});

describe('a change of role', () => {
  it('is proposed by an administrator and approved by another operator, never by whom it is about', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    const carol = await acts.join('Carol', 'custodian', ada, bob);
    expect(await acts.changeRole(carol.id, 'administrator', bob)).toMatchObject(refused(403, 'forbidden'));
    const { proposal } = (await acts.changeRole(bob.id, 'administrator', ada)).body;
    expect(await acts.approve(proposal, bob)).toMatchObject(refused(403, 'same_person'));
    expect(await acts.approve(proposal, carol)).toMatchObject({ status: 200 });
    expect((await operators()).find(({ id }) => id === bob.id)).toMatchObject({ role: 'administrator' });
    expect((await lastEvent('operator.role-changed')).data).toMatchObject({
      from: 'responder',
      to: 'administrator',
    });
    expect(await acts.changeRole(bob.id, 'administrator', ada)).toMatchObject(refused(409, 'conflict'));
  });

  it('never takes the last administrator, not even when two agree, or two wait at once', async () => {
    const bob = await acts.join('Bob', 'administrator', ada);
    const carol = await acts.join('Carol', 'responder', ada, bob);
    const adaId = await idOf('Ada');
    const [first, second] = [
      (await acts.changeRole(bob.id, 'reviewer', ada)).body.proposal,
      (await acts.changeRole(adaId, 'reviewer', bob)).body.proposal,
    ];
    expect(await acts.approve(first, carol)).toMatchObject({ status: 200 });
    expect(await acts.approve(second, carol)).toMatchObject(refused(409, 'conflict'));
    expect(await acts.changeRole(adaId, 'reviewer', ada)).toMatchObject(refused(409, 'conflict'));
    expect((await operators()).find(({ id }) => id === adaId)).toMatchObject({ role: 'administrator' });
  });

  it('binds what waits: a proposer that lost its role has proposed nothing', async () => {
    const bob = await acts.join('Bob', 'administrator', ada);
    const carol = await acts.join('Carol', 'administrator', ada, bob);
    const { proposal } = (await acts.changeRole(carol.id, 'reviewer', bob)).body;
    const demotion = (await acts.changeRole(bob.id, 'custodian', ada)).body.proposal;
    expect((await acts.approve(demotion, carol)).status).toBe(200);
    expect(await acts.approve(proposal, ada)).toMatchObject(refused(409, 'conflict'));
  });
});

describe('a revocation', () => {
  it('waits for nobody, binds at once, and takes invitations and proposals with it', async () => {
    const bob = await acts.join('Bob', 'administrator', ada);
    const carol = await acts.join('Carol', 'responder', ada, bob);
    const { code } = (await acts.invite(bob, 'Dan', 'reviewer')).body;
    const { proposal } = (await acts.changeRole(carol.id, 'custodian', bob)).body;
    const answer = await acts.revoke(bob.id, carol);
    expect(answer).toMatchObject({
      status: 200,
      body: { operator: { state: 'revoked', revokedReason: 'lost' } },
    });
    expect(await createKey(bob)).toMatchObject(refused(401, 'key_unknown'));
    expect(await acts.enrol(api.newOperator(), code, 'Dan')).toMatchObject(
      refused(401, 'enrolment_code_invalid'),
    );
    expect(await acts.approve(proposal, ada)).toMatchObject(refused(409, 'conflict'));
    const { id, data, actor_id } = await lastEvent('operator.revoked');
    expect({ id, actor_id }).toEqual({ id: answer.body.eventId, actor_id: carol.id });
    expect(data).toMatchObject({ operatorId: bob.id, invitations: 1, proposals: 1, administratorsLeft: 1 });
    expect(await acts.revoke(bob.id, carol)).toMatchObject(refused(409, 'conflict'));
  });

  it('is not for reviewers or custodians, and not of nobody', async () => {
    const bob = await acts.join('Bob', 'custodian', ada);
    expect(await acts.revoke(await idOf('Ada'), bob)).toMatchObject(refused(403, 'forbidden'));
    const unknown = bob.id.replace(/.$/, bob.id.endsWith('0') ? '1' : '0');
    expect(await acts.revoke(unknown, ada)).toMatchObject(refused(404, 'not_found'));
  });

  it('of the last administrator says its consequence on the card, and only that one does', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    const id = await idOf('Ada');
    const consequence = NO_ADMINISTRATOR_LEFT;
    expect(await acts.revoke(bob.id, ada, { consequence })).toMatchObject(refused(409, 'conflict'));
    expect(await acts.revoke(id, bob)).toMatchObject(refused(409, 'conflict'));
    expect(await acts.revoke(id, bob, { consequence: 'nothing much' })).toMatchObject(
      refused(400, 'invalid_body'),
    );
    expect(await acts.revoke(id, bob, { consequence })).toMatchObject({ status: 200 });
    expect((await lastEvent('operator.revoked')).data).toMatchObject({ administratorsLeft: 0 });
  });

  it('leaves somebody in charge when two administrators revoke each other at once', async () => {
    const bob = await acts.join('Bob', 'administrator', ada);
    const answers = await Promise.all([acts.revoke(bob.id, ada), acts.revoke(await idOf('Ada'), bob)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await operators()).filter(({ state }) => state === 'active')).toHaveLength(1);
  });

  it('never comes undone, by the database’s own rule', async () => {
    const bob = await acts.join('Bob', 'responder', ada);
    await acts.revoke(bob.id, ada);
    const again = db.kysely
      .updateTable('operators')
      .set({ revoked_at: null })
      .where('id', '=', bob.id)
      .execute();
    await expect(again).rejects.toMatchObject({ constraint: 'operators_stay_revoked' });
  });
});

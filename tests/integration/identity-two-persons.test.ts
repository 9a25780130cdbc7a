import { createHash, randomBytes } from 'node:crypto';
import { chmod, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueRecovery } from '../../service/app/launcher/recover-operator.ts';
import { takeRecovery } from '../../service/identity/operators/recovery.ts';
import { RECOVERY_FILE } from '../../service/identity/operators/recovery-file.ts';
import { NO_ADMINISTRATOR_LEFT } from '../../shared/http/operators.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { operatorActs } from '../fixtures/operators.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api', 8);

let api: TestApi;
let ada: TestOperator;
const acts = operatorActs(() => api);

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
  ada = await api.enrolFirst('Ada');
});
afterEach(() => api.close());

const refused = (status: number, type: string) => ({ status, body: { error: { type } } });
const operators = async (): Promise<{ id: string; name: string; role: string; state: string }[]> =>
  (await api.get('/api/operators')).body.operators;
const idOf = async (name: string) => (await operators()).find((one) => one.name === name)?.id ?? '';
const lastEvent = async (kind: string) => {
  const row = await db.kysely
    .selectFrom('ledger_staged')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('arrival', 'desc')
    .executeTakeFirstOrThrow();
  return { ...row, data: JSON.parse(row.data) };
};
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

describe('recovery by the host', () => {
  const path = () => join(api.dataDir, RECOVERY_FILE);
  const issue = async () =>
    /Recovery code: (\S+)/.exec(await issueRecovery(api.dataDir, api.clock.now()))?.[1] ?? '';
  const take = () =>
    takeRecovery({
      ...{ db, dataDir: api.dataDir, staging: testStaging(api.clock, cluster.keys.stagingMac) },
      random: (bytes) => randomBytes(bytes),
      now: () => api.clock.now(),
    });
  const recover = (code: string, name = 'Rita', operator = api.newOperator()) =>
    acts.enrol(operator, code, name);

  it('makes an administrator once, and both steps stay in the ledger', async () => {
    const code = await issue();
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(await recover(code)).toMatchObject(refused(401, 'enrolment_code_invalid'));
    expect(await take()).toBe(true);
    expect(await take()).toBe(false);
    const rita = api.newOperator();
    expect(await recover(code, 'Rita', rita)).toMatchObject({
      status: 201,
      body: { operator: { role: 'administrator' } },
    });
    expect(await recover(code)).toMatchObject(refused(401, 'enrolment_code_invalid'));
    expect(await lastEvent('operator.recovery-issued')).toMatchObject({
      actor_type: 'system',
      actor_id: 'host',
    });
    expect((await lastEvent('operator.recovered')).data).toMatchObject({ name: 'Rita', keyId: rita.keyId });
    expect(await acts.revoke(await idOf('Ada'), rita)).toMatchObject({ status: 200 });
  });

  it('works when nobody is left at all', async () => {
    await acts.revoke(await idOf('Ada'), ada, { consequence: NO_ADMINISTRATOR_LEFT });
    const code = await issue();
    await take();
    expect(await recover(code)).toMatchObject({ status: 201 });
  });

  it('is refused where two administrators can do without it', async () => {
    await acts.join('Bob', 'administrator', ada);
    const code = await issue();
    await take();
    expect(await recover(code)).toMatchObject(refused(409, 'conflict'));
  });

  it('lasts 15 minutes, and a newer code ends an older one', async () => {
    const old = await issue();
    await take();
    const code = await issue();
    await take();
    expect(await recover(old)).toMatchObject(refused(401, 'enrolment_code_invalid'));
    api.clock.advance(15 * 60_000);
    expect(await recover(code)).toMatchObject(refused(401, 'enrolment_code_invalid'));
  });

  it('takes no file that is stale, not the host’s own, or not a request', async () => {
    await issue();
    api.clock.advance(15 * 60_000);
    expect(await take()).toBe(false);
    await issue();
    await chmod(path(), 0o644);
    expect(await take()).toBe(false);
    const elsewhere = join(api.dataDir, 'elsewhere');
    await writeFile(elsewhere, '{}', { mode: 0o600 });
    await symlink(elsewhere, path());
    expect(await take()).toBe(false);
    await writeFile(path(), '{"version":1}', { mode: 0o600 });
    expect(await take()).toBe(false);
    await rm(elsewhere);
    expect(
      await db.kysely.selectFrom('enrolment_codes').select('id').where('purpose', '=', 'recovery').execute(),
    ).toEqual([]);
  });

  it('keeps the code out of file and database: there is its hash', async () => {
    const code = await issue();
    await take();
    const stored = await db.kysely
      .selectFrom('enrolment_codes')
      .select('code_hash')
      .where('purpose', '=', 'recovery')
      .executeTakeFirstOrThrow();
    expect(stored.code_hash.equals(createHash('sha256').update(code).digest())).toBe(true);
    expect(api.logged()).not.toContain(code);
  });
});

import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issueFirstCode } from '../../service/identity/operators/first-code.ts';
import { startTestApi, type TestApi, TestClock, testStaging } from '../fixtures/api.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster();
afterAll(() => cluster.stop());
const db = cluster.open('api');

let api: TestApi;

beforeEach(async () => {
  await cluster.reset();
  const clock = new TestClock();
  api = await startTestApi({ db, clock, staging: testStaging(clock, cluster.keys.stagingMac) });
});
afterEach(() => api.close());

const codeFile = () => join(api.dataDir, 'enrolment-code');
const issue = () =>
  issueFirstCode({ db, dataDir: api.dataDir, random: (n) => randomBytes(n), now: () => api.clock.now() });
const readCode = async () => (await readFile(codeFile(), 'utf8')).trim();
const enrol = (operator: TestOperator, code: string, name = 'Ada', publicKey = operator.publicKey) =>
  api.signed(
    { route: 'operators.enrol', path: '/api/operators/enrol', body: { code, name, publicKey } },
    operator,
  );
const invite = (operator: TestOperator, name: string, role: string) =>
  api.signed(
    { route: 'operators.invite', path: '/api/operators/invitations', body: { name, role } },
    operator,
  );
const refused = (status: number, type: string) => ({ status, body: { error: { type } } });

describe('the first enrolment', () => {
  it('takes the code of the host’s file and makes an administrator', async () => {
    await issue();
    expect((await stat(codeFile())).mode & 0o777).toBe(0o600);
    const operator = api.newOperator();
    const answer = await enrol(operator, await readCode());
    expect(answer).toMatchObject({
      status: 201,
      body: { operator: { name: 'Ada', role: 'administrator', keyId: operator.keyId, state: 'active' } },
    });
    expect((await api.get('/api/operators')).body.operators).toEqual([answer.body.operator]);
    expect(await issue()).toBeNull();
    await expect(readCode()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await invite(operator, 'Bob', 'reviewer')).toMatchObject({ status: 201 });
  });

  it('writes the code 0600 under any umask', async () => {
    for (const umask of [0o000, 0o777]) {
      const before = process.umask(umask);
      try {
        await issue();
      } finally {
        process.umask(before);
      }
      expect((await stat(codeFile())).mode & 0o777).toBe(0o600);
    }
  });

  it('takes a code once, and only the last one issued', async () => {
    await issue();
    const old = await readCode();
    await issue();
    const code = await readCode();
    expect(code).not.toBe(old);
    expect(await enrol(api.newOperator(), old)).toMatchObject(refused(401, 'enrolment_code_invalid'));
    expect(await enrol(api.newOperator(), code)).toMatchObject({ status: 201 });
    expect(await enrol(api.newOperator(), code)).toMatchObject(refused(401, 'enrolment_code_invalid'));
  });

  it('refuses a code after 15 minutes', async () => {
    await issue();
    const code = await readCode();
    api.clock.advance(15 * 60_000);
    expect(await enrol(api.newOperator(), code)).toMatchObject(refused(401, 'enrolment_code_invalid'));
  });

  it('has one winner among many at once', async () => {
    await issue();
    const code = await readCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => enrol(api.newOperator(), code)));
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1);
    expect((await api.get('/api/operators')).body.operators).toHaveLength(1);
  });

  it('is in the ledger with the new operator as the actor', async () => {
    await issue();
    const { eventId, operator } = (await enrol(api.newOperator(), await readCode())).body;
    const entry = await db.kysely.selectFrom('ledger_staged').selectAll().executeTakeFirstOrThrow();
    expect(entry).toMatchObject({
      id: eventId,
      kind: 'operator.enrolled',
      actor_id: operator.id,
      actor_name: 'Ada',
    });
    expect(JSON.parse(entry.data)).toMatchObject({ by: 'first-enrolment', keyId: operator.keyId });
  });
});

describe('an invitation', () => {
  it('enrols the person it names, with its role, once', async () => {
    const admin = await api.enrolFirst();
    const { code, expiresAt } = (await invite(admin, 'Bob', 'responder')).body;
    expect(Date.parse(expiresAt) - api.clock.ms).toBe(15 * 60_000);
    const bob = api.newOperator();
    expect(await enrol(bob, code, 'Ada')).toMatchObject(refused(403, 'forbidden'));
    expect(await enrol(bob, code, 'Bob')).toMatchObject({
      status: 201,
      body: { operator: { role: 'responder' } },
    });
    expect(await enrol(api.newOperator(), code, 'Bob')).toMatchObject(refused(401, 'enrolment_code_invalid'));
  });

  it('expires after 15 minutes', async () => {
    const admin = await api.enrolFirst();
    const { code } = (await invite(admin, 'Bob', 'reviewer')).body;
    api.clock.advance(15 * 60_000);
    expect(await enrol(api.newOperator(), code, 'Bob')).toMatchObject(refused(401, 'enrolment_code_invalid'));
  });

  it('does not enrol a key that is an operator’s already', async () => {
    const admin = await api.enrolFirst();
    const { code } = (await invite(admin, 'Bob', 'reviewer')).body;
    expect(await enrol(admin, code, 'Bob')).toMatchObject(refused(409, 'already_enrolled'));
    expect(await enrol(api.newOperator(), code, 'Bob')).toMatchObject({ status: 201 });
  });

  it('is issued by an administrator only', async () => {
    const admin = await api.enrolFirst();
    const { code } = (await invite(admin, 'Bob', 'responder')).body;
    const bob = api.newOperator();
    await enrol(bob, code, 'Bob');
    expect(await invite(bob, 'Eve', 'administrator')).toMatchObject(refused(403, 'forbidden'));
  });
});

describe('proof of possession', () => {
  it('refuses a key that did not sign', async () => {
    await issue();
    const code = await readCode();
    const [mine, other] = [api.newOperator(), api.newOperator()];
    expect(await enrol(mine, code, 'Ada', other.publicKey)).toMatchObject(refused(401, 'key_unknown'));
    expect(await enrol({ ...mine, keyId: other.keyId }, code, 'Ada', other.publicKey)).toMatchObject(
      refused(401, 'signature_invalid'),
    );
    expect(await enrol(mine, code)).toMatchObject({ status: 201 });
  });
});

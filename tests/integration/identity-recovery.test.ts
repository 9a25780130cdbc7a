import { createHash, randomBytes } from 'node:crypto';
import { chmod, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { issueRecovery } from '../../service/app/launcher/recover-operator.ts';
import { takeRecovery } from '../../service/identity/operators/recovery.ts';
import { RECOVERY_FILE } from '../../service/identity/operators/recovery-file.ts';
import { NO_ADMINISTRATOR_LEFT } from '../../shared/http/operators.ts';
import { type TestApi, testStaging } from '../fixtures/api.ts';
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
describe('recovery by the host', () => {
  const path = () => join(api.dataDir, RECOVERY_FILE);
  const issue = async () =>
    /Recovery code: (\S+)/.exec(await issueRecovery(api.dataDir, api.clock.now()))?.[1] ?? '';
  const take = () =>
    takeRecovery({
      ...{ db, dataDir: api.dataDir, staging: testStaging(api.clock, room.cluster.keys.stagingMac) },
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

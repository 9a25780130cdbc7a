import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  enrolOperator,
  mutate,
  readLedger,
  readOperatorFile,
  ServiceBench,
  type TestAccess,
} from '../fixtures/service.ts';
import { newOperatorKey } from '../fixtures/signing.ts';
import { askLog, runBuilt, verifyLog } from '../fixtures/verify-log.ts';

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

const recover = async (args: readonly string[] = []) => {
  const { code, stdout, stderr } = await bench.start(['--recover-operator', ...args]).ended;
  return { code, stdout, stderr, recoveryCode: /Recovery code: (\S+)/.exec(stdout)?.[1] ?? '' };
};

describe('--recover-operator', () => {
  it('beside a running service makes an administrator once, and the ledger tells both steps', async () => {
    const service = bench.start();
    const lost = await enrolOperator(service);
    const { code, recoveryCode } = await recover();
    expect(code).toBe(0);
    const access = { ...lost, operator: newOperatorKey() };
    const { publicKey } = access.operator;
    const enrol = () => mutate(access, 'operators.enrol', { code: recoveryCode, name: 'Rita', publicKey });
    await vi.waitFor(
      async () =>
        expect(await enrol()).toMatchObject({ status: 201, body: { operator: { role: 'administrator' } } }),
      { timeout: 10_000, interval: 100 },
    );
    expect(await enrol()).toMatchObject({ status: 401, body: { error: { type: 'enrolment_code_invalid' } } });
    const headers = { authorization: `Bearer ${lost.token}` };
    const ledger = await (await fetch(`${lost.api}/api/logs/ledger`, { headers })).text();
    for (const kind of ['operator.recovery-issued', 'operator.recovered'])
      expect(ledger).toContain(`"${kind}"`);
    expect(await readdir(bench.dataDir)).not.toContain('recovery-request');
    expect(service.stderr + service.stdout + ledger).not.toContain(recoveryCode);
  });

  it('says what is wrong with its arguments, and issues nothing', async () => {
    await rm(bench.dataDir, { recursive: true });
    expect(await recover()).toMatchObject({ code: 64, recoveryCode: '' });
    expect(await recover(['--port', '1'])).toMatchObject({ code: 64, recoveryCode: '' });
  });
});

const writeKeys = async (access: TestAccess, count: number) => {
  for (let n = 0; n < count; n += 1) await mutate(access, 'keys.create', { label: `key ${n}` });
};

/** The newest head, when everything has its number. */
async function headOf(access: TestAccess) {
  const entries = await readLedger(access);
  const head = (await (await askLog(access, 'checkpoint')).json()) as {
    note: string;
    size: number;
    epoch: number;
  };
  return { entries, head };
}

describe('a backup', () => {
  const backup = () => join(bench.base, 'backup');
  const restore = () => runBuilt('service/restore.js', ['--from', backup(), '--data', bench.dataDir]);

  /** Takes it while the service writes, and lets it write on. @returns what was there at the end */
  async function takeUnderLoad() {
    const service = bench.start();
    const access = await enrolOperator(service);
    let isTaken = false;
    const load = (async () => {
      while (!isTaken) await writeKeys(access, 1);
    })();
    const args = ['--data', bench.dataDir, '--to', backup(), '--with-root-key'];
    const taken = await runBuilt('service/backup.js', args);
    isTaken = true;
    await load;
    await writeKeys(access, 12);
    const last = await headOf(access);
    await service.stop();
    return { taken, access, last };
  }

  it('under load restores to a log that verifies, tells in a new epoch what is lost, and goes on', async () => {
    const { taken, access, last } = await takeUnderLoad();
    expect(taken, taken.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('root.key, 0600') });
    expect(await restore()).toMatchObject({ code: 73, stderr: expect.stringContaining('Move it aside') });
    await rm(bench.dataDir, { recursive: true });
    expect(await restore()).toMatchObject({ code: 0, stderr: '' });
    expect((await stat(join(bench.dataDir, 'root.key'))).mode & 0o777).toBe(0o600);

    const api = await bench.start().ready();
    const { adminToken: token } = await readOperatorFile(bench.dataDir);
    const again = { ...access, api, origin: api, token };
    const { entries, head } = await headOf(again);
    const isKept = (n: number) => entries[n]?.id === last.entries[n]?.id;
    const kept = entries.findIndex((_, n) => !isKept(n));
    expect(kept === -1 ? entries.length : kept).toBeGreaterThan(3);
    expect(head.size).toBeLessThan(last.head.size);

    const report = { checkpoint: last.head.note, reason: 'restored from the backup' };
    expect(await mutate(again, 'ledger.reportRestore', report)).toMatchObject({ status: 200 });
    await vi.waitFor(async () => expect((await headOf(again)).head.epoch).toBe(2), { timeout: 5000 });
    expect(await mutate(again, 'keys.create', { label: 'after' })).toMatchObject({ status: 201 });
    await headOf(again);
    expect(await verifyLog(again, bench.base)).toMatchObject({ code: 0 });
  });

  it('of a service that stands has no root key unless it is asked for, and says so', async () => {
    const taken = await runBuilt('service/backup.js', ['--data', bench.dataDir, '--to', backup()]);
    expect(taken).toMatchObject({ code: 0, stdout: expect.stringContaining('NOT in it') });
    expect((await readdir(backup())).sort()).toEqual(['manifest', 'postgres']);
    expect(await restore()).toMatchObject({ code: 73, stderr: expect.stringContaining('no root key') });
    expect(await runBuilt('service/backup.js', ['--data', bench.dataDir])).toMatchObject({ code: 64 });
  });
});

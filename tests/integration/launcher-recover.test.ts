import { readdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enrolOperator, mutate, ServiceBench } from '../fixtures/service.ts';
import { newOperatorKey } from '../fixtures/signing.ts';

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

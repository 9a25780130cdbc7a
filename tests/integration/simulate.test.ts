import { spawn } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Summary } from '../../tools/simulate/tally.ts';
import { readOperatorFile, ServiceBench } from '../fixtures/service.ts';

const SIMULATOR = resolve(import.meta.dirname, '../../out/tools/simulate.js');

/** The limits of the specification: what the simulator plays is about them. */
const DEFAULT_LIMITS = { SALLYPORT_LIMIT_IP: '30/10', SALLYPORT_LIMIT_OPERATOR: '300/60' };

let bench: ServiceBench;
beforeEach(async () => {
  bench = await ServiceBench.open();
});
afterEach(() => bench.close());

async function simulate(args: readonly string[]) {
  const child = spawn(process.execPath, [SIMULATOR, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((done) => void child.once('exit', done));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr, summary: () => JSON.parse(stdout) as Summary };
}

const operatorPath = () => join(bench.dataDir, 'operator.json');

describe('the simulator', () => {
  it('enrols itself, creates, uses and revokes keys, and is refused over a limit', async () => {
    const api = await bench.start([], DEFAULT_LIMITS).ready();
    const args = [
      '--api',
      api,
      '--operator',
      operatorPath(),
      '--rate',
      '12',
      '--seconds',
      '16',
      '--seed',
      'a',
    ];
    const { code, stderr, summary } = await simulate(args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { byStatus, keysCreated, keysRevoked, unanswered } = summary();
    expect(keysCreated).toBeGreaterThan(4);
    expect(keysRevoked).toBeGreaterThan(0);
    expect(unanswered).toBe(0);
    for (const status of ['200', '201', '401', '403', '429']) expect(byStatus[status]).toBeGreaterThan(0);
    expect(Object.keys(byStatus).filter((status) => Number(status) >= 500)).toEqual([]);

    const { adminToken, enrolmentCode, key } = await readOperatorFile(bench.dataDir);
    expect([enrolmentCode, key === null]).toEqual([null, false]);
    expect((await stat(operatorPath())).mode & 0o777).toBe(0o600);
    const headers = { authorization: `Bearer ${adminToken}` };
    const page = async () =>
      (await (await fetch(`${api}/api/logs/ledger?limit=500`, { headers })).json()) as {
        entries: { kind: string; number: number | null }[];
      };
    await vi.waitFor(async () => {
      const { entries } = await page();
      const numbered = (kind: string) => entries.filter((e) => e.kind === kind && e.number !== null).length;
      expect([numbered('key.created'), numbered('key.revoked')]).toEqual([keysCreated, keysRevoked]);
    });
  });

  it('goes on as the same operator when it is started again', async () => {
    const api = await bench.start().ready();
    const args = ['--api', api, '--operator', operatorPath(), '--rate', '2', '--seconds', '2'];
    expect((await simulate(args)).code).toBe(0);
    const { key } = await readOperatorFile(bench.dataDir);
    const second = await simulate(args);
    expect({ code: second.code, stderr: second.stderr }).toMatchObject({ code: 0 });
    expect(second.summary().keysCreated).toBeGreaterThan(0);
    expect((await readOperatorFile(bench.dataDir)).key).toEqual(key);
  });

  it('plays what it can without an operator, and says so', async () => {
    const api = await bench.start([], DEFAULT_LIMITS).ready();
    const { code, stderr, summary } = await simulate([
      '--api',
      api,
      '--rate',
      '20',
      '--seconds',
      '6',
      '--seed',
      'a',
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('without --operator there are no keys');
    const { byStatus, keysCreated, accounts } = summary();
    expect(keysCreated).toBe(0);
    expect(accounts).toBeGreaterThan(1);
    for (const status of ['200', '401', '403', '429']) expect(byStatus[status]).toBeGreaterThan(0);
  });

  it('leaves neither its key nor its token in the logs of the service', async () => {
    const service = bench.start();
    const api = await service.ready();
    expect((await simulate(['--api', api, '--operator', operatorPath(), '--seconds', '3'])).code).toBe(0);
    const { adminToken, key } = await readOperatorFile(bench.dataDir);
    await service.stop();
    const logs = (await readdir(bench.dataDir)).filter((name) => name.endsWith('.log'));
    const written = await Promise.all(logs.map((name) => readFile(join(bench.dataDir, name), 'utf8')));
    for (const secret of [adminToken, key?.privateKey ?? ''])
      expect(written.join('') + service.stderr).not.toContain(secret);
  });

  it('ends with a sentence when nothing answers', async () => {
    const service = bench.start();
    const api = await service.ready();
    await service.stop();
    const { code, stderr, stdout } = await simulate(['--api', api]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Nothing answers at ${api}`);
  });
});

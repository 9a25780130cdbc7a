import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Summary } from '../../tools/simulate/tally.ts';
import { readOperatorFile, ServiceBench } from '../fixtures/service.ts';

const SIMULATOR = resolve(import.meta.dirname, '../../out/tools/simulate.js');

/** The limits of the specification: what the simulator plays is about them. */
const DEFAULT_LIMITS = { SALLYPORT_LIMIT_IP: '30/10', SALLYPORT_LIMIT_OPERATOR: '300/60' };

/** How a service is told of a provider on loopback: its host is allowed, and its private address is too. */
const providedBy = (port: number) => ({
  TOKENHALL_OPENAI_URL: `http://127.0.0.1:${port}/v1`,
  TOKENHALL_ALLOWED_HOSTS: `127.0.0.1:${port},api.anthropic.com,openrouter.ai`,
  TOKENHALL_PRIVATE_NETWORKS: '127.0.0.0/8',
});

/** What comes within sixteen seconds on any machine; the rest of the market follows when these have happened. */
const PLAYED = ['generations', 'grants', 'heartbeats', 'transfers', 'brands', 'attacks'] as const;

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

/** A port of loopback that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const operatorPath = () => join(bench.dataDir, 'operator.json');

describe('the simulator', () => {
  it('enrols itself, plays keys and refusals, goes on as the same operator, and leaves its secrets in no log', async () => {
    const provider = await closedPort();
    const service = bench.start([], { ...DEFAULT_LIMITS, ...providedBy(provider) });
    const api = await service.ready();
    const { resolver } = JSON.parse(service.stdout) as { resolver: string };
    const operator = ['--api', api, '--resolver', resolver, '--operator', operatorPath()];
    const generating = ['--provider', String(provider)];
    const first = await simulate([
      ...[...operator, ...generating],
      ...['--rate', '12', '--seconds', '16', '--seed', 'a'],
    ]);
    expect(first, first.stderr).toMatchObject({ code: 0 });
    const { byStatus, keysCreated, keysRevoked, unanswered, played, skipped } = first.summary();
    expect(keysCreated).toBeGreaterThan(4);
    expect(keysRevoked).toBeGreaterThan(0);
    expect(unanswered).toBe(0);
    for (const status of ['200', '201', '401', '403', '429']) expect(byStatus[status]).toBeGreaterThan(0);
    // One of the provider's models fails on purpose; the service itself does not.
    expect(Object.keys(byStatus).filter((status) => Number(status) >= 500 && status !== '502')).toEqual([]);
    for (const feat of PLAYED) expect(played[feat], feat).toBeGreaterThan(0);
    expect(skipped).toEqual({});
    expect(first.stderr).not.toContain('an attack was not refused');

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
      expect(numbered('credits.granted')).toBe(played.grants);
      expect(numbered('generation.settled')).toBeGreaterThanOrEqual(played.generations);
      expect(numbered('mint.job-submitted')).toBe(played.mintJobs);
    });

    const second = await simulate([...operator, '--rate', '4', '--seconds', '3']);
    expect(second).toMatchObject({ code: 0 });
    expect(second.summary().keysCreated).toBeGreaterThan(0);
    expect((await readOperatorFile(bench.dataDir)).key).toEqual(key);

    await service.stop();
    const logs = (await readdir(bench.dataDir)).filter((name) => name.endsWith('.log'));
    const written = await Promise.all(logs.map((name) => readFile(join(bench.dataDir, name), 'utf8')));
    for (const secret of [adminToken, key?.privateKey ?? ''])
      expect(written.join('') + service.stderr).not.toContain(secret);
  });

  it('plays what it can without an operator, and says so', async () => {
    const api = await bench.start([], DEFAULT_LIMITS).ready();
    const { code, stderr, summary } = await simulate([
      '--api',
      api,
      '--rate',
      '24',
      '--seconds',
      '5',
      '--seed',
      'a',
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('without an operator there are no keys');
    const { byStatus, keysCreated, accounts, skipped } = summary();
    expect(Object.keys(skipped)).toEqual(expect.arrayContaining(['grants', 'scans']));
    expect(keysCreated).toBe(0);
    expect(accounts).toBeGreaterThan(1);
    for (const status of ['200', '401', '403', '429']) expect(byStatus[status]).toBeGreaterThan(0);
  });

  it('ends with a sentence when nothing answers', async () => {
    const api = `http://127.0.0.1:${await closedPort()}`;
    const { code, stderr, stdout } = await simulate(['--api', api]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Nothing answers at ${api}`);
  });
});

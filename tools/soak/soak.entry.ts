import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { operatorFile } from '../../shared/http/operator-file.ts';
import { judge, type Sample } from './judge.ts';
import { parseOptions, SoakError, USAGE } from './options.ts';
import { startPulse } from './pulse.ts';
import { processesOf, tableOf, verdictOf } from './table.ts';
import { byName, look } from './watch.ts';

const BUILT = dirname(dirname(fileURLToPath(import.meta.url)));
const LEAST_EVERY_MS = 1000;
const MOST_EVERY_MS = 10_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Running {
  readonly child: ChildProcess;
  readonly api: string;
  readonly resolver: string;
}

/** The pulse has one address of its own, which must not meet the limit of addresses. */
async function startService(dataDir: string): Promise<Running> {
  const child = spawn(process.execPath, [join(BUILT, 'service/launcher.js'), '--data', dataDir], {
    env: { ...process.env, SALLYPORT_LIMIT_IP: '200/10' },
    stdio: ['ignore', 'pipe', openSync(join(dirname(dataDir), 'service.log'), 'w', 0o600)],
  });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    return { child, ...(JSON.parse(line) as { api: string; resolver: string }) };
  throw new SoakError('service', 'The service did not start.');
}

function startTraffic({ api, resolver }: Running, operator: string, rate: number, seconds: number) {
  const args = ['--api', api, '--resolver', resolver, '--operator', operator, '--seed', 'soak'];
  return spawn(
    process.execPath,
    [join(BUILT, 'tools/simulate.js'), ...args, '--rate', String(rate), '--seconds', String(seconds)],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
}

async function watch(running: Running, token: string, minutes: number): Promise<number> {
  const pid = running.child.pid ?? 0;
  const pulse = startPulse(running.api, token);
  const samples: Sample[] = [];
  const everyMs = Math.min(MOST_EVERY_MS, Math.max(LEAST_EVERY_MS, (minutes * 60_000) / 300));
  const begun = performance.now();
  let middle = byName(look(pid));
  while (performance.now() - begun < minutes * 60_000) {
    await pause(everyMs);
    if (running.child.exitCode !== null) throw new SoakError('service', 'The service ended.');
    const facts = look(pid);
    const sum = (pick: (one: (typeof facts)[number]) => number) =>
      facts.reduce((all, one) => all + pick(one), 0);
    const atMs = performance.now() - begun;
    samples.push({
      atMs,
      memory: sum((one) => one.memory),
      handles: sum((one) => one.handles),
      latencies: pulse.take(),
    });
    if (atMs < minutes * 30_000) middle = byName(facts);
  }
  pulse.stop();
  const changes = judge(samples);
  say(tableOf(samples));
  say(`\nbetween the middle and the end (memory, handles):\n${processesOf(middle, byName(look(pid)))}\n`);
  say(`${verdictOf(changes)}\npages that were not answered: ${pulse.failures()}`);
  const artifacts = process.env.SALLYPORT_ARTIFACTS;
  if (artifacts) writeFileSync(join(artifacts, 'soak.json'), JSON.stringify({ minutes, changes, samples }));
  return changes.every(({ flat }) => flat) && pulse.failures() === 0 ? 0 : 1;
}

async function soak(argv: readonly string[]): Promise<number> {
  const { minutes, rate } = parseOptions(argv);
  if (process.platform !== 'linux')
    throw new SoakError('usage', 'The soak reads /proc, which only Linux has.');
  const base = mkdtempSync(join(tmpdir(), 'sallyport-soak-'));
  const dataDir = join(base, 'data');
  const running = await startService(dataDir);
  const operator = join(dataDir, 'operator.json');
  const { adminToken } = operatorFile.parse(JSON.parse(readFileSync(operator, 'utf8')));
  const traffic = startTraffic(running, operator, rate, minutes * 60);
  let summary = '';
  traffic.stdout?.on('data', (bytes: Buffer) => {
    summary += bytes.toString();
  });
  try {
    say(`soak: ${minutes} minutes at ${rate} requests a second`);
    const status = await watch(running, adminToken, minutes);
    if (traffic.exitCode === null) await once(traffic, 'exit');
    say(`traffic: ${summary.trim()}`);
    return traffic.exitCode === 0 ? status : 1;
  } finally {
    traffic.kill();
    if (running.child.exitCode === null) {
      running.child.kill('SIGTERM');
      await once(running.child, 'exit');
    }
    rmSync(base, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await soak(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SoakError) && !(error instanceof RangeError)) throw error;
  process.stderr.write(`soak: ${error.message}\n`);
  if (error instanceof SoakError && error.code === 'usage') process.stderr.write(`${USAGE}\n`);
  process.exitCode = error instanceof SoakError && error.code === 'usage' ? 2 : 1;
}

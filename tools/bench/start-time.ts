import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BenchError } from './errors.ts';
import { INTERACTIVE_PREFIX, TARGET_VARIABLE } from './start-line.ts';

export interface StartOrder {
  /** Electron's executable. */
  readonly electron: string;
  /** Path of the built probe (start-probe.entry.ts). */
  readonly probe: string;
  /** Path of the program that is measured. */
  readonly target: string;
  readonly userData: string;
  readonly switches?: readonly string[];
}

/** A window that has not come by then will not come. */
const LONGEST_START_MS = 30_000;
const GRACE_MS = 5_000;

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => void child.once('exit', () => resolve()));

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended(child);
  clearTimeout(force);
}

/** The moment that the probe names, in milliseconds since the epoch. */
async function interactiveAt(child: ChildProcess, words: string[]): Promise<number> {
  if (!child.stdout) throw new BenchError('start', 'the program was started without its output');
  child.stderr?.setEncoding('utf8').on('data', (text: string) => words.push(text));
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_START_MS);
  try {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith(INTERACTIVE_PREFIX)) return Number(line.slice(INTERACTIVE_PREFIX.length));
  } finally {
    clearTimeout(timer);
  }
  throw new BenchError(
    'start',
    `no window could be used within ${LONGEST_START_MS / 1000} s:\n${words.join('').slice(-2000)}`,
  );
}

interface Started {
  readonly pid: number;
  /** Milliseconds from the spawn of the process. */
  readonly tookMs: number;
  stop(): Promise<void>;
}

/**
 * Starts an Electron program and waits until its first window can be typed into.
 * @throws BenchError `start` with what the program wrote when no window came
 */
export async function startProgram({
  electron,
  probe,
  target,
  userData,
  switches = [],
}: StartOrder): Promise<Started> {
  const startedAt = Date.now();
  const child = spawn(electron, [probe, `--user-data-dir=${userData}`, ...switches], {
    env: { ...process.env, [TARGET_VARIABLE]: target },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const tookMs = (await interactiveAt(child, [])) - startedAt;
    return { pid: child.pid ?? -1, tookMs, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** The same, and ends it. @returns milliseconds from the spawn of the process */
export async function startTime(order: StartOrder): Promise<number> {
  const started = await startProgram(order);
  await started.stop();
  return started.tookMs;
}

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { BenchError } from './errors.ts';

/** Longest run of one Electron program that ends by itself. */
const LONGEST_MS = 10 * 60_000;

/**
 * Runs an Electron program to its end.
 * @param userData folder of its own
 * @returns what it wrote to its output
 * @throws BenchError `start` with what it complained about
 */
export async function runElectron(
  electron: string,
  script: string,
  userData: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(electron, [script, `--user-data-dir=${userData}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const [code, output, complaints] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  clearTimeout(timer);
  if (code === 0) return output;
  throw new BenchError('start', `${script} ended with ${code ?? 'a signal'}:\n${complaints.slice(-3000)}`);
}

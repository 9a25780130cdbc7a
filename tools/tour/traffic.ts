import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Summary } from '../simulate/tally.ts';
import { TourError } from './errors.ts';

export interface Traffic {
  /** Ends the simulator and says what it did. */
  stop(): Promise<Summary>;
  /** Its output so far, when something went wrong. */
  words(): string;
}

const GRACE_MS = 10_000;

/**
 * Starts the simulator as anybody would: a process of its own that gets the public API and an operator file.
 * @param script built simulator
 */
export function startTraffic(options: {
  readonly script: string;
  readonly api: string;
  readonly operatorFile: string;
  readonly rate: number;
  readonly seed: string;
}): Traffic {
  const { script, api, operatorFile, rate, seed } = options;
  const child = spawn(
    process.execPath,
    [script, '--api', api, '--operator', operatorFile, '--rate', String(rate), '--seed', seed],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const heard: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (words: string) => heard.push(words));
  const output = text(child.stdout);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
  // Seen by stop(); until then a failure shows on the screens that wait for its traffic.
  ended.catch(() => undefined);
  return {
    words: () => heard.join(''),
    async stop() {
      child.kill('SIGINT');
      const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      const code = await ended;
      clearTimeout(force);
      if (code === 0) return JSON.parse(await output) as Summary;
      throw new TourError('simulator', `The simulator failed (${code ?? 'killed'}):\n${heard.join('')}`);
    },
  };
}

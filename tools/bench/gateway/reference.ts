import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { BenchError } from '../errors.ts';

export interface Reference {
  readonly url: string;
  stop(): Promise<void>;
}

const READY_MS = 20_000;

/** A port that is free now; the gateway cannot choose one itself. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const answers = (url: string): Promise<boolean> =>
  request(url).then(
    async ({ statusCode, body }) => {
      await body.dump();
      return statusCode < 500;
    },
    () => false,
  );

/**
 * Starts `@portkey-ai/gateway` as it is published, without its console, and with nothing to do but to pass requests on.
 * @param modules folder of the installed packages
 */
export async function startReference(modules: string): Promise<Reference> {
  const port = await freePort();
  const script = join(modules, '@portkey-ai/gateway/build/start-server.js');
  const env = { PATH: process.env.PATH, NODE_ENV: 'production' };
  const child = spawn(process.execPath, [script, `--port=${port}`, '--headless'], { env, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  const until = performance.now() + READY_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > until) {
      await stop();
      throw new BenchError('service', 'the gateway that we compare with does not start');
    }
    await sleep(100);
  }
  return { url: `${url}/v1/chat/completions`, stop };
}

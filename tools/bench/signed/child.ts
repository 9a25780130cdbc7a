import { type ChildProcess, fork } from 'node:child_process';
import type { z } from 'zod';
import { BenchError } from '../errors.ts';

/** A process that was started takes this long at most, the making of a database cluster included. */
const READY_MS = 30_000;
const GRACE_MS = 10_000;

export interface Child<Answer> {
  send(message: object): void;
  /** The first message that the predicate takes. @throws BenchError when the process ends or stays silent */
  heard<T extends Answer>(accept: (message: Answer) => message is T, withinMs?: number): Promise<T>;
  stop(): Promise<void>;
  readonly pid: number;
}

/** How a process is started that is not a script on plain Node. */
export interface Starting {
  readonly execPath?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A program that talks to whoever started it would talk into the results. */
  readonly stdout?: 'inherit' | 'ignore';
}

/**
 * Forks a built process on plain Node and speaks with it over its process port.
 * @param words collects what it writes, for the sentence of a failure
 */
export function forkChild<S extends z.ZodType>(
  script: string,
  answers: S,
  stopMessage: object,
  { args = [], stdout = 'inherit', ...how }: Starting = {},
): Child<z.infer<S>> {
  const child = fork(script, [...args], { ...how, stdio: ['ignore', stdout, 'pipe', 'ipc'] });
  const words: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => words.push(text));
  const messages: z.infer<S>[] = [];
  let onMessage = (): void => undefined;
  child.on('message', (message) => {
    const parsed = answers.safeParse(message);
    if (parsed.success) messages.push(parsed.data);
    onMessage();
  });
  return {
    send: (message) => void child.send(message),
    heard: (accept, withinMs = READY_MS) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) =>
          reject(new BenchError('service', `${script} ${why}:\n${words.join('').slice(-2000)}`));
        const timer = setTimeout(() => fail(`said nothing for ${withinMs / 1000} s`), withinMs);
        const onExit = () => fail('ended before it was ready');
        onMessage = () => {
          const found = messages.find(accept);
          if (found === undefined) return;
          clearTimeout(timer);
          child.off('exit', onExit);
          resolve(found);
        };
        child.once('exit', onExit);
        onMessage();
      }),
    stop: () => stopChild(child, stopMessage),
    pid: child.pid ?? -1,
  };
}

async function stopChild(child: ChildProcess, stopMessage: object): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  if (child.connected) child.send(stopMessage);
  else child.kill('SIGTERM');
  await ended;
  clearTimeout(force);
}

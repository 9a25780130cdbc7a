import { fork } from 'node:child_process';
import {
  fromProcess,
  type KeysOf,
  type ProcessName,
  type ToProcess,
} from '../../../shared/service/launch.ts';
import type { Child } from '../../../shared/service/process-runner.ts';

/** What a process inherits: enough to find its libraries and its language, nothing that could hold a secret. */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'SystemRoot',
  'TEMP',
  'TMP',
];

const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );

/**
 * Starts one process of the service on plain Node. Whatever it prints goes to our stderr: stdout carries the ready line
 * and nothing else.
 * @param then sent right after the keys
 */
export function forkChild(entry: string, keys: KeysOf<ProcessName>, then: readonly ToProcess[] = []): Child {
  const child = fork(entry, [], { env: inherited(), execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
  // A message to a process that has just died fails here; its exit is what counts.
  child.on('error', () => undefined);
  return {
    pid: () => child.pid ?? null,
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    sendKeys: () => {
      for (const message of [{ type: 'keys', keys }, ...then])
        if (child.connected) child.send(message, () => undefined);
    },
    onMessage: (listener) => {
      child.on('message', (message) => {
        const parsed = fromProcess.safeParse(message);
        if (parsed.success) listener(parsed.data);
      });
    },
    onExit: (listener) => {
      child.once('exit', listener);
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

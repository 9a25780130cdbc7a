import { MessageChannelMain, utilityProcess } from 'electron';
import {
  type FromProcess,
  fromProcess,
  type ProcessName,
  type ToProcess,
} from '../../shared/service/launch.ts';
import type { Child } from '../../shared/service/process-runner.ts';
import type { RotatingFile } from './rotating-file.ts';

/** What a child inherits: enough to find its libraries and its language, nothing that could hold a secret. */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'XDG_RUNTIME_DIR',
];

export const childEnvironment = (
  from: Readonly<Record<string, string | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    INHERITED.flatMap((name): [string, string][] => {
      const value = from[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

interface Fork {
  readonly name: ProcessName;
  /** Built entry of the process. */
  readonly entry: string;
  readonly log: RotatingFile;
  /** Joins the keeper to the far end of the port that the child was given. */
  readonly provideKeys: (name: ProcessName, port: Electron.MessagePortMain) => void;
}

/** One process of the service as a utility process of the console; its keys come from the keeper, past main. */
export function forkChild({ name, entry, log, provideKeys }: Fork): Child {
  const child = utilityProcess.fork(entry, [], {
    serviceName: `Sallyport ${name}`,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment(process.env),
  });
  child.stdout?.on('data', (bytes: Buffer) => log.write(bytes));
  child.stderr?.on('data', (bytes: Buffer) => log.write(bytes));
  return {
    pid: (): number | null => child.pid ?? null,
    send: (message: ToProcess): void => child.postMessage(message),
    sendKeys(): void {
      const { port1, port2 } = new MessageChannelMain();
      child.postMessage({ type: 'keys-port' } satisfies ToProcess, [port1]);
      provideKeys(name, port2);
    },
    onMessage(listener: (message: FromProcess) => void): void {
      child.on('message', (message: unknown) => {
        const parsed = fromProcess.safeParse(message);
        if (parsed.success) listener(parsed.data);
      });
    },
    onExit: (listener: () => void): void => {
      child.once('exit', listener);
    },
    /** At once; `stop` is the polite way. */
    kill(): void {
      if (child.pid === undefined) return;
      try {
        process.kill(child.pid, 'SIGKILL');
      } catch {
        // It ended between our look and the signal.
      }
    },
  };
}

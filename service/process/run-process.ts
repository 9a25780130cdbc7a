import type { Logger } from 'pino';
import {
  type FromProcess,
  type KeysOf,
  type ProcessName,
  type ProcessSettings,
  processKeys,
  type ToProcess,
} from '../../shared/service/launch.ts';
import { type Failure, failureOf } from './failure.ts';
import { awaitKeys } from './keys-arrival.ts';
import { type Arrival, openProcessPort, type ProcessPort } from './port.ts';
import { processLog } from './process-log.ts';

export type SettingsOf<N extends ProcessName> = Extract<ProcessSettings, { process: N }>;

export interface Begin<N extends ProcessName> {
  readonly settings: SettingsOf<N>;
  readonly keys: KeysOf<N>;
  readonly log: Logger;
  /** Tells the parent something while the process runs. */
  readonly tell: (message: FromProcess) => void;
  /** The set of admin tokens that the parent gave last; it may come before the keys. */
  readonly adminTokens: () => readonly string[];
}

export interface RunningPart {
  readonly ready: Extract<FromProcess, { type: 'ready' }>;
  /** Messages that are none of the process's own life. */
  hear?(message: ToProcess): void;
  /** Resolves when the part cannot go on. */
  readonly lost?: Promise<Error>;
  stop(): Promise<void>;
}

const EXIT_STOPPED = 0;
const EXIT_FAILED = 1;
/** sysexits.h EX_USAGE: somebody ran a process of the service by hand. */
const EXIT_USAGE = 64;

/** The life of one process of the service: settings and keys come over its port, then it begins, serves and stops. */
class ProcessLife<N extends ProcessName> {
  readonly #name: N;
  readonly #begin: (given: Begin<N>) => Promise<RunningPart>;
  readonly #port: ProcessPort;
  readonly #log: Logger;
  #settings: SettingsOf<N> | undefined;
  #keys: KeysOf<N> | undefined;
  #adminTokens: readonly string[] = [];
  #part: Promise<RunningPart> | undefined;
  #ending: Promise<never> | undefined;

  constructor(name: N, begin: (given: Begin<N>) => Promise<RunningPart>, port: ProcessPort, log: Logger) {
    this.#name = name;
    this.#begin = begin;
    this.#port = port;
    this.#log = log;
  }

  hear({ message, keysPort }: Arrival): void {
    if (message.type === 'ping') void this.#port.send({ type: 'pong', n: message.n });
    else if (message.type === 'stop') this.stop('told to');
    else if (message.type === 'configure') this.#configure(message.settings);
    else if (message.type === 'keys') this.#takeKeys(message.keys);
    else if (message.type === 'keys-port') this.#awaitKeys(keysPort);
    else if (message.type === 'admin-tokens') this.#takeTokens(message);
  }

  #takeTokens(message: Extract<ToProcess, { type: 'admin-tokens' }>): void {
    this.#adminTokens = message.sha256;
    void this.#part?.then((part) => part.hear?.(message)).catch(() => undefined);
  }

  stop(why: string): void {
    this.#ending ??= this.#stop(why);
  }

  fail(error: unknown): void {
    this.#ending ??= this.#fail(error);
  }

  #configure(settings: ProcessSettings): void {
    if (settings.process === this.#name) this.#settings = settings as SettingsOf<N>;
    this.#beginWhenComplete();
  }

  /** @returns whether they were the keys of this process */
  #takeKeys(given: unknown): boolean {
    const parsed = processKeys.safeParse((given as { keys?: unknown } | null)?.keys ?? given);
    const ours = parsed.success && parsed.data.process === this.#name;
    if (ours) this.#keys = parsed.data as KeysOf<N>;
    this.#beginWhenComplete();
    return ours;
  }

  /** The keeper sends the same `keys` message as a parent would, past Electron's main process. */
  #awaitKeys(port: Arrival['keysPort']): void {
    if (!port) return;
    awaitKeys(
      port,
      (data) => this.#takeKeys(data),
      (error) => this.fail(error),
    );
  }

  #beginWhenComplete(): void {
    const [settings, keys] = [this.#settings, this.#keys];
    if (!settings || !keys || this.#part || this.#ending) return;
    const adminTokens = () => this.#adminTokens;
    const tell = (message: FromProcess) => void this.#port.send(message);
    this.#part = this.#begin({ settings, keys, adminTokens, tell, log: this.#log });
    this.#part.then((part) => this.#serve(part)).catch((error: unknown) => this.fail(error));
  }

  async #serve(part: RunningPart): Promise<void> {
    if (this.#ending !== undefined) return;
    await this.#port.send(part.ready);
    const reason = await part.lost;
    if (reason) this.fail(reason);
  }

  async #stop(why: string): Promise<never> {
    this.#log.info({ why }, 'stopping');
    const part = await this.#part?.catch(() => undefined);
    await part?.stop().catch((error: unknown) => this.#log.error({ err: error }, 'it did not stop cleanly'));
    process.exit(EXIT_STOPPED);
  }

  async #fail(error: unknown): Promise<never> {
    const failure: Failure = failureOf(error);
    this.#log.error({ err: error, failure: failure.code }, failure.message);
    await this.#port.send({ type: 'failed', ...failure });
    process.exit(EXIT_FAILED);
  }
}

/**
 * Runs one process of the service until it is told to stop, its parent is gone, or it fails. The parent decides what
 * happens then; Ctrl-C in a terminal reaches every process of its group, so it is left to the parent too.
 */
export function runProcess<N extends ProcessName>(
  name: N,
  begin: (given: Begin<N>) => Promise<RunningPart>,
): void {
  const port = openProcessPort(process as Parameters<typeof openProcessPort>[0]);
  const log = processLog(name);
  if (!port) {
    log.fatal('this is a process of the service; start the service with `npm run service`');
    process.exit(EXIT_USAGE);
  }
  const life = new ProcessLife(name, begin, port, log);
  port.onArrival((arrival) => life.hear(arrival));
  port.onParentGone(() => life.stop('the parent is gone'));
  process.on('SIGTERM', () => life.stop('SIGTERM'));
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  process.on('uncaughtException', (error) => life.fail(error));
  process.on('unhandledRejection', (error) => life.fail(error));
}

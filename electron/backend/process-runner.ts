import type {
  FailureCode,
  FromProcess,
  ProcessName,
  ProcessSettings,
  ToProcess,
} from '../../shared/service/launch.ts';
import type { ProcessStatus } from './service-status.ts';

/** One running process, however it was forked. */
export interface Child {
  pid(): number | null;
  send(message: ToProcess): void;
  /** Lets the keeper give it its keys. */
  sendKeys(): void;
  onMessage(listener: (message: FromProcess) => void): void;
  onExit(listener: () => void): void;
  kill(): void;
}

export interface RunnerDeps {
  readonly name: ProcessName;
  readonly fork: () => Child;
  readonly settings: () => ProcessSettings;
  /** False while the vault is locked: nobody can give a new process its keys. */
  readonly mayHaveKeys: () => boolean;
  readonly onReady: (ready: Extract<FromProcess, { type: 'ready' }>) => void;
  readonly onChange: (status: ProcessStatus) => void;
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly date: () => Date;
}

const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 10_000;
/** A process that ran so long has recovered from what made it fail. */
const STABLE_MS = 30_000;
/** initdb and recovery after a crash included. */
const START_MS = 60_000;
const PING_MS = 5_000;
/** No answer for so long is a process that hangs, not one that is busy. */
const SILENT_MS = 20_000;
const STOP_MS = 15_000;

/** Failures that come back the same until a person has done something. */
const NEEDS_A_PERSON: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'port-taken',
  'data-dir-in-use',
  'data-dir-unwritable',
  'data-dir-corrupt',
  'data-dir-foreign-key',
  'disk-full',
  'migration-failed',
  'settings-invalid',
]);

const WAITS_FOR_UNLOCK =
  'It ended while the vault was locked, so nobody could give it its keys. It starts again after the next unlock.';

/** Keeps one process of the service running: start, readiness, pings, restart with back-off, clean stop. */
export class ProcessRunner {
  readonly #deps: RunnerDeps;
  #child: Child | null = null;
  #status: ProcessStatus;
  #failures = 0;
  #readyAt = 0;
  #answered = 0;
  #wanted = false;
  #timers: { cancel(): void }[] = [];
  #exited: (() => void) | null = null;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
    this.#status = {
      name: deps.name,
      state: 'stopped',
      pid: null,
      restarts: 0,
      since: deps.date().toISOString(),
      failure: null,
    };
  }

  get status(): ProcessStatus {
    return this.#status;
  }

  /** Starts it unless it runs; a failure that waited for a person is tried again. */
  start(): void {
    this.#wanted = true;
    if (this.#child) return;
    this.#clearTimers();
    if (!this.#deps.mayHaveKeys()) {
      this.#set({ state: 'stopped', pid: null, failure: { code: 'internal', message: WAITS_FOR_UNLOCK } });
      return;
    }
    const child = this.#deps.fork();
    this.#child = child;
    this.#set({ state: 'starting', pid: child.pid(), failure: null });
    child.onMessage((message) => this.#child === child && this.#hear(message));
    child.onExit(() => this.#child === child && this.#gone());
    child.send({ type: 'configure', settings: this.#deps.settings() });
    child.sendKeys();
    this.#after(START_MS, () => child.kill());
  }

  send(message: ToProcess): void {
    this.#child?.send(message);
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    this.#clearTimers();
    const child = this.#child;
    if (child) {
      const gone = new Promise<void>((resolve) => {
        this.#exited = resolve;
      });
      child.send({ type: 'stop' });
      this.#after(STOP_MS, () => child.kill());
      await gone;
    }
    this.#clearTimers();
    this.#set({ state: 'stopped', pid: null });
  }

  #hear(message: FromProcess): void {
    if (message.type === 'ready') {
      this.#clearTimers();
      this.#readyAt = this.#deps.now();
      this.#set({ state: 'running', pid: this.#child?.pid() ?? null, failure: null });
      this.#ping(0);
      this.#deps.onReady(message);
    } else if (message.type === 'failed') {
      this.#set({ failure: { code: message.code, message: message.message } });
    } else {
      this.#answered = this.#deps.now();
    }
  }

  #ping(n: number): void {
    const child = this.#child;
    if (n === 0) this.#answered = this.#deps.now();
    this.#after(PING_MS, () => {
      if (!child || this.#child !== child) return;
      if (this.#deps.now() - this.#answered > SILENT_MS) child.kill();
      else {
        child.send({ type: 'ping', n });
        this.#ping(n + 1);
      }
    });
  }

  #gone(): void {
    this.#child = null;
    this.#clearTimers();
    this.#exited?.();
    this.#exited = null;
    if (!this.#wanted) return;
    if (this.#readyAt > 0 && this.#deps.now() - this.#readyAt > STABLE_MS) this.#failures = 0;
    this.#readyAt = 0;
    const { failure } = this.#status;
    if (failure && NEEDS_A_PERSON.has(failure.code)) {
      this.#set({ state: 'failed', pid: null });
      return;
    }
    const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#set({ state: 'restarting', pid: null, restarts: this.#status.restarts + 1 });
    this.#after(wait, () => this.start());
  }

  #set(change: Partial<ProcessStatus>): void {
    const moved = change.state !== undefined && change.state !== this.#status.state;
    const since = moved ? this.#deps.date().toISOString() : this.#status.since;
    this.#status = { ...this.#status, ...change, since };
    this.#deps.onChange(this.#status);
  }

  #after(ms: number, run: () => void): void {
    this.#timers.push(this.#deps.setTimer(run, ms));
  }

  #clearTimers(): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }
}

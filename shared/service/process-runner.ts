import { needsAPerson, retryAfter, STABLE_MS } from './backoff.ts';
import type { FromProcess, ProcessName, ProcessSettings, ToProcess } from './launch.ts';
import type { ServiceStatus } from './status.ts';

export type ProcessStatus = ServiceStatus['processes'][number];
export type ReadyMessage = Extract<FromProcess, { type: 'ready' }>;
type WantedMessage = Extract<FromProcess, { type: 'wanted' }>;

/** One running process, however it was forked. */
export interface Child {
  pid(): number | null;
  send(message: ToProcess): void;
  /** Has its keys given to it: over the process port, or by the keeper over a port of their own. */
  sendKeys(): void;
  onMessage(listener: (message: FromProcess) => void): void;
  onExit(listener: () => void): void;
  /** At once (SIGKILL); `stop` is the polite way. */
  kill(): void;
}

export interface SupervisorClock {
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly date: () => Date;
}

export interface RunnerDeps extends SupervisorClock {
  readonly name: ProcessName;
  readonly fork: () => Child;
  readonly settings: () => ProcessSettings;
  /** False while nobody can give a new process its keys: it then stays down until `start` is called again. */
  readonly mayStart?: (() => boolean) | undefined;
  readonly onReady: (ready: ReadyMessage) => void;
  readonly onWanted?: (message: WantedMessage) => void;
  readonly onChange: (status: ProcessStatus) => void;
}

/** Creating a database and replaying its log included. */
const START_MS = 120_000;
const PING_MS = 2_000;
/** No answer for so long is a process that hangs, not one that is busy. */
const SILENT_MS = 10_000;
/** Requests drain, a batch ends, PostgreSQL writes its checkpoint. */
const STOP_MS = 15_000;

const WAITS_FOR_KEYS =
  'It ended while the vault was locked, so nobody could give it its keys. It starts again after the next unlock.';

/** Keeps one process running: start, readiness, pings, restart with back-off, clean stop. */
export class ProcessRunner {
  readonly #deps: RunnerDeps;
  #child: Child | null = null;
  #status: ProcessStatus;
  #crashes = 0;
  #runningSince: number | null = null;
  #answeredAt = 0;
  #wanted = false;
  #timers: { cancel(): void }[] = [];
  /** All who wait for the end of the present child. */
  #exited: (() => void)[] = [];

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

  /** Starts it unless it runs; what waits for its next try is tried now. */
  start(): void {
    this.#wanted = true;
    if (this.#child) return;
    this.#clearTimers();
    if (this.#deps.mayStart?.() === false) {
      this.#set({ state: 'stopped', pid: null, failure: { code: 'internal', message: WAITS_FOR_KEYS } });
      return;
    }
    const child = this.#deps.fork();
    this.#child = child;
    this.#set({ state: 'starting', pid: child.pid() });
    child.onMessage((message) => this.#child === child && this.#hear(message));
    child.onExit(() => this.#child === child && this.#gone());
    child.send({ type: 'configure', settings: this.#deps.settings() });
    child.sendKeys();
    this.#after(START_MS, () => child.kill());
  }

  send(message: ToProcess): void {
    this.#child?.send(message);
  }

  /** Resolves when the process is gone: politely, or killed after 15 s. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#clearTimers();
    const child = this.#child;
    if (child) {
      const gone = new Promise<void>((resolve) => {
        this.#exited.push(resolve);
      });
      child.send({ type: 'stop' });
      this.#after(STOP_MS, () => child.kill());
      await gone;
    }
    // Somebody wanted it again while it ended: it is on its way back, and its timers are not ours.
    if (this.#wanted) return;
    this.#clearTimers();
    this.#set({ state: 'stopped', pid: null, failure: null });
  }

  #hear(message: FromProcess): void {
    if (message.type === 'ready') {
      this.#clearTimers();
      this.#runningSince = this.#deps.now();
      this.#answeredAt = this.#deps.now();
      // Some ways to fork know the process id only once it runs.
      this.#set({ state: 'running', pid: this.#child?.pid() ?? null, failure: null });
      this.#ping(0);
      this.#deps.onReady(message);
    } else if (message.type === 'failed') {
      this.#set({ failure: { code: message.code, message: message.message } });
    } else if (message.type === 'wanted') {
      this.#deps.onWanted?.(message);
    } else {
      this.#answeredAt = this.#deps.now();
    }
  }

  #ping(n: number): void {
    this.#after(PING_MS, () => {
      if (this.#deps.now() - this.#answeredAt > SILENT_MS) {
        this.#set({ failure: { code: 'internal', message: 'It hung and was ended.' } });
        this.#child?.kill();
        return;
      }
      this.#child?.send({ type: 'ping', n });
      this.#ping(n + 1);
    });
  }

  #gone(): void {
    this.#child = null;
    this.#clearTimers();
    for (const exited of this.#exited.splice(0)) exited();
    if (this.#wanted) this.#comeBack();
  }

  #comeBack(): void {
    const { now } = this.#deps;
    if (this.#runningSince !== null && now() - this.#runningSince >= STABLE_MS) this.#crashes = 0;
    this.#runningSince = null;
    this.#crashes += 1;
    const failure = this.#status.failure ?? { code: 'internal', message: 'It ended unexpectedly.' };
    this.#set({
      state: needsAPerson(failure.code) ? 'failed' : 'restarting',
      pid: null,
      restarts: this.#status.restarts + 1,
      failure,
    });
    this.#after(retryAfter(failure.code, this.#crashes), () => this.start());
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

import type { SimulatorState, SimulatorStatus } from '../../shared/ipc/practice.ts';
import { type FromSimulator, NOTHING_PLAYED } from '../../shared/service/simulation.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import { Refusal } from '../ipc/refusal.ts';

export interface SimulatorProcess {
  /** The polite way; it waits for the answers that are out. */
  stop(): void;
  kill(): void;
  onMessage(listener: (message: FromSimulator) => void): void;
  onExit(listener: () => void): void;
}

interface Deps {
  readonly start: (args: readonly string[]) => SimulatorProcess;
  readonly service: () => Pick<ServiceStatus, 'api' | 'resolver'>;
  /** Whether this console may sign, so that the simulator can have an operator. */
  readonly isEnrolled: () => Promise<boolean>;
  readonly operator: { readonly file: () => Promise<string>; readonly refused: () => void };
  readonly setTimer: (run: () => void, ms: number) => { cancel(): void };
  readonly now: () => Date;
}

interface Run {
  readonly process: SimulatorProcess;
  readonly api: string;
}

/** Requests a second on average: enough for screens that move, little beside a desk's other work. */
const RATE = 10;
const GRACE_MS = 10_000;
const MOST_SAID = 5;

const SILENT = 'The simulator ended without a word. The log of the simulator says more; start it again.';
const BY_LOCK = 'The lock ended it. Start it again when you like.';
const MOVED = 'The service stopped or began anew, so the simulator was ended. Start it again once it runs.';

const NONE: SimulatorStatus = {
  ...{ state: 'none', startedAt: null, tally: NOTHING_PLAYED, hasOperator: false, said: [], problem: null },
};

/** The simulator of a practice console: at most one, on the service of this console, and never while the vault is locked. */
export class Simulator {
  readonly #deps: Deps;
  #status: SimulatorStatus = NONE;
  #run: Run | null = null;
  /** What a start that waits for a person belongs to: a lock makes it nobody's. */
  #attempt: object | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  readonly status = (): SimulatorStatus => this.#status;

  /** @throws Refusal `service-down`, or `declined` by the person */
  async start(): Promise<SimulatorStatus> {
    if (this.#attempt || this.#run) return this.#status;
    const former = this.#status;
    const mine = {};
    this.#attempt = mine;
    this.#status = { ...NONE, state: 'starting' };
    try {
      const { api, args, hasOperator } = await this.#arguments();
      if (this.#attempt !== mine)
        throw new Refusal('locked', 'The vault was locked. Unlock it and try again.');
      this.#begin(api, args, hasOperator);
    } catch (error) {
      if (this.#attempt === mine) this.#status = former;
      throw error;
    } finally {
      if (this.#attempt === mine) this.#attempt = null;
    }
    return this.#status;
  }

  stop(): SimulatorStatus {
    const run = this.#run;
    if (run && this.#status.state === 'running') {
      this.#tell({ state: 'stopping' });
      run.process.stop();
      this.#deps.setTimer(() => this.#cut(run, 'stopped', null), GRACE_MS);
    }
    return this.#status;
  }

  /** Its tokens die with the lock, and nobody watches what it does. */
  readonly locked = (): void => {
    this.#attempt = null;
    if (this.#run) this.#cut(this.#run, 'stopped', BY_LOCK);
    else if (this.#status.state === 'starting') this.#status = NONE;
  };

  /** An address that its service has left may be another's next: nothing is sent there. */
  readonly serviceChanged = (): void => {
    if (this.#run && this.#deps.service().api !== this.#run.api) this.#cut(this.#run, 'failed', MOVED);
  };

  async #arguments() {
    const { service, isEnrolled, operator } = this.#deps;
    const { api } = service();
    const down = (): Refusal =>
      new Refusal(
        'service-down',
        'The service does not serve yet. Wait until it runs, then start the simulator.',
        {
          retryable: true,
        },
      );
    if (api === null) throw down();
    const file = (await isEnrolled()) ? await operator.file() : null;
    const { api: still, resolver } = service();
    if (still !== api) throw down();
    const args = [
      ...['--api', api, '--rate', String(RATE)],
      ...(resolver === null ? [] : ['--resolver', resolver]),
      ...(file === null ? [] : ['--operator', file]),
    ];
    return { api, args, hasOperator: file !== null };
  }

  #begin(api: string, args: readonly string[], hasOperator: boolean): void {
    const run = { process: this.#deps.start(args), api };
    this.#run = run;
    const startedAt = this.#deps.now().toISOString();
    this.#status = { ...NONE, state: 'running', startedAt, hasOperator };
    run.process.onMessage((message) => {
      if (this.#run === run) this.#heard(run, message);
    });
    run.process.onExit(() => {
      if (this.#run === run) this.#cut(run, 'failed', SILENT);
    });
  }

  #heard(run: Run, message: FromSimulator): void {
    if (message.type === 'said') {
      this.#tell({ said: [...this.#status.said, message.sentence].slice(-MOST_SAID) });
      return;
    }
    this.#tell({ tally: message.tally });
    if (message.type === 'playing') return;
    if (message.isRefused) this.#deps.operator.refused();
    const wasStopped = this.#status.state === 'stopping' && message.problem === null;
    this.#cut(run, wasStopped ? 'stopped' : 'failed', wasStopped ? null : (message.problem ?? SILENT));
  }

  /** From here on it is not this console's simulator any more, whatever it still says. */
  #cut(run: Run, state: SimulatorState, problem: string | null): void {
    if (this.#run !== run) return;
    this.#run = null;
    run.process.kill();
    this.#tell({ state, problem });
  }

  #tell(change: Partial<SimulatorStatus>): void {
    this.#status = { ...this.#status, ...change };
  }
}

import {
  type DatabaseEndpoint,
  PROCESS_NAMES,
  type ProcessName,
  type ProcessSettings,
  type ToProcess,
} from './launch.ts';
import {
  type Child,
  ProcessRunner,
  type ProcessStatus,
  type ReadyMessage,
  type SupervisorClock,
} from './process-runner.ts';
import type { ServiceStatus } from './status.ts';

export type ApiReady = Extract<ReadyMessage, { process: 'api' }>;

export interface SupervisorDeps extends SupervisorClock {
  /** Starts a process; it is configured, and given its keys by `Child.sendKeys`, right after. */
  readonly fork: (name: ProcessName) => Child;
  /** @param database where PostgreSQL listens; `null` for the database process itself */
  readonly settingsFor: (name: ProcessName, database: DatabaseEndpoint | null) => ProcessSettings;
  /** Whether a process may be started now; the bundled service has no keys to give while its vault is locked. */
  readonly mayStart?: () => boolean;
  /** At every change of any process. */
  readonly onStatus: (status: ServiceStatus) => void;
  /** The API serves, for the first time or again: hand it the admin tokens now. */
  readonly onServing: (ready: ApiReady) => void;
}

export interface Supervisor {
  /** Database first, then integrator and api. Calling it again tries at once what waits for its next try. */
  start(): void;
  /** Api and integrator first, the database last. */
  stop(): Promise<void>;
  status(): ServiceStatus;
  /** To a process that runs; otherwise it is dropped. */
  send(name: ProcessName, message: ToProcess): void;
}

/** One state for the whole: as good as its worst process, where one that waits for a person is the worst. */
export function summarise(processes: readonly ProcessStatus[]): ServiceStatus['state'] {
  const some = (wanted: ProcessStatus['state']) => processes.some(({ state }) => state === wanted);
  if (processes.every(({ state }) => state === 'running')) return 'running';
  if (some('failed')) return 'down';
  const waits = processes.some(({ state, failure }) => state === 'stopped' && failure !== null);
  if (processes.every(({ state }) => state === 'stopped')) return waits ? 'down' : 'stopped';
  return waits || some('restarting') ? 'degraded' : 'starting';
}

const sameEndpoint = (a: DatabaseEndpoint, b: DatabaseEndpoint): boolean =>
  a.host === b.host && a.port === b.port && a.database === b.database;

interface RunnerHooks {
  ready(message: ReadyMessage): void;
  mint(work: boolean): void;
  changed(status: ProcessStatus): void;
  database(): DatabaseEndpoint | null;
}

function createRunners(deps: SupervisorDeps, hooks: RunnerHooks): Record<ProcessName, ProcessRunner> {
  const runner = (name: ProcessName): ProcessRunner =>
    new ProcessRunner({
      ...{ name, setTimer: deps.setTimer, now: deps.now, date: deps.date },
      fork: () => deps.fork(name),
      mayStart: deps.mayStart,
      settings: () => deps.settingsFor(name, name === 'database' ? null : hooks.database()),
      onReady: hooks.ready,
      onWanted: (message) => hooks.mint(message.wanted),
      onChange: hooks.changed,
    });
  return {
    database: runner('database'),
    integrator: runner('integrator'),
    api: runner('api'),
    worker: runner('worker'),
  };
}

const stopDependents = ({ api, worker, integrator }: Readonly<Record<ProcessName, ProcessRunner>>) =>
  Promise.all([api.stop(), worker.stop(), integrator.stop()]);

/** The worker counts only while there is work: without it nothing is missing. */
const statusesOf = (
  runners: Readonly<Record<ProcessName, ProcessRunner>>,
  minting: boolean,
): ProcessStatus[] =>
  PROCESS_NAMES.filter((name) => name !== 'worker' || minting).map((name) => runners[name].status);

/**
 * Runs the service's processes. Integrator and api outlive a restart of the database, because they find it again by
 * themselves; they are started anew only when it came back somewhere else (Windows picks a new port).
 */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  let database: DatabaseEndpoint | null = null;
  let serving: ApiReady | null = null;
  let wanted = false;
  let minting = false;

  const dependents = async (endpoint: DatabaseEndpoint): Promise<void> => {
    const moved = database !== null && !sameEndpoint(database, endpoint);
    database = endpoint;
    if (moved) await stopDependents(runners);
    if (!wanted) return;
    runners.integrator.start();
    runners.api.start();
    if (minting) runners.worker.start();
  };

  const ready = (message: ReadyMessage): void => {
    if (message.process === 'database') void dependents(message.database);
    if (message.process !== 'api') return;
    serving = message;
    deps.onServing(message);
    deps.onStatus(status());
  };

  const runners = createRunners(deps, {
    ready,
    mint: (work) => {
      const changes = work !== minting;
      minting = work;
      if (changes && (wanted || !work)) void runners.worker[work ? 'start' : 'stop']();
    },
    database: () => database,
    changed: (change) => {
      if (change.name === 'api' && change.state !== 'running') serving = null;
      deps.onStatus(status());
    },
  });

  const status = (): ServiceStatus => {
    const processes = statusesOf(runners, minting);
    return { state: summarise(processes), processes, api: serving?.api ?? null };
  };

  return {
    status,
    start: () => {
      wanted = true;
      runners.database.start();
      if (runners.database.status.state === 'running' && database) void dependents(database);
    },
    stop: async () => {
      wanted = false;
      minting = false;
      await stopDependents(runners);
      // Somebody started it again meanwhile.
      if (!wanted) await runners.database.stop();
      if (!wanted) database = null;
    },
    send: (name, message) => runners[name].send(message),
  };
}

import type { DatabaseEndpoint, ProcessName, ProcessSettings, ToProcess } from './launch.ts';
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
  readonly settingsFor: (
    name: ProcessName,
    database: DatabaseEndpoint | null,
    /** The API that serves; null for whatever starts before it does. */
    serving: ApiReady | null,
  ) => ProcessSettings;
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

function statusOf(runners: Record<ProcessName, ProcessRunner>, serving: ApiReady | null): ServiceStatus {
  const needed = [runners.database.status, runners.integrator.status, runners.api.status];
  // Nobody is refused while the probes are down: what they would have found turns grey, and says so.
  return {
    state: summarise(needed),
    processes: [...needed, runners.probes.status],
    api: serving?.api ?? null,
  };
}

const runnersBy = (make: (name: ProcessName) => ProcessRunner) => ({
  database: make('database'),
  integrator: make('integrator'),
  api: make('api'),
  probes: make('probes'),
});

async function startAnew(runner: ProcessRunner, wanted: () => boolean): Promise<void> {
  await runner.stop();
  if (wanted()) runner.start();
}

const sameEndpoint = (a: DatabaseEndpoint, b: DatabaseEndpoint): boolean =>
  a.host === b.host && a.port === b.port && a.database === b.database;

/**
 * Runs the service's processes. Integrator and api outlive a restart of the database, because they find it again by
 * themselves; they are started anew only when it came back somewhere else (Windows picks a new port).
 */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  let database: DatabaseEndpoint | null = null;
  let serving: ApiReady | null = null;
  let wanted = false;

  const dependents = async (endpoint: DatabaseEndpoint): Promise<void> => {
    const moved = database !== null && !sameEndpoint(database, endpoint);
    database = endpoint;
    if (moved) await Promise.all([runners.api.stop(), runners.integrator.stop()]);
    if (!wanted) return;
    runners.integrator.start();
    runners.api.start();
  };

  const ready = (message: ReadyMessage): void => {
    if (message.process === 'database') void dependents(message.database);
    if (message.process !== 'api') return;
    serving = message;
    deps.onServing(message);
    // They attack what serves: they are told where that is each time it comes back.
    void startAnew(runners.probes, () => wanted && serving !== null);
    deps.onStatus(status());
  };

  const runner = (name: ProcessName): ProcessRunner =>
    new ProcessRunner({
      ...{ name, setTimer: deps.setTimer, now: deps.now, date: deps.date },
      fork: () => deps.fork(name),
      mayStart: deps.mayStart,
      settings: () => deps.settingsFor(name, name === 'database' ? null : database, serving),
      onReady: ready,
      onChange: (change) => {
        if (name === 'api' && change.state !== 'running') serving = null;
        deps.onStatus(status());
      },
    });

  const runners = runnersBy(runner);

  const status = (): ServiceStatus => statusOf(runners, serving);

  return {
    status,
    start: () => {
      wanted = true;
      runners.database.start();
      if (runners.database.status.state === 'running' && database) void dependents(database);
    },
    stop: async () => {
      wanted = false;
      await runners.probes.stop();
      await Promise.all([runners.api.stop(), runners.integrator.stop()]);
      // Somebody started it again meanwhile.
      if (wanted) return;
      await runners.database.stop();
      if (wanted) return;
      database = null;
    },
    send: (name, message) => runners[name].send(message),
  };
}

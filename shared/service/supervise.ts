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
export type ResolverReady = Extract<ReadyMessage, { process: 'resolver' }>;
/** The API that serves, and the scan plane beside it when that does too. */
export type Serving = ApiReady & { readonly resolver: string | null };

export interface SupervisorDeps extends SupervisorClock {
  /** Starts a process; it is configured, and given its keys by `Child.sendKeys`, right after. */
  readonly fork: (name: ProcessName) => Child;
  /** @param database where PostgreSQL listens; `null` for the database process itself */
  readonly settingsFor: (
    name: ProcessName,
    database: DatabaseEndpoint | null,
    /** The API that serves; null for whatever starts before it does. */
    serving: Serving | null,
  ) => ProcessSettings;
  /** Whether a process may be started now; the bundled service has no keys to give while its vault is locked. */
  readonly mayStart?: () => boolean;
  /** At every change of any process. */
  readonly onStatus: (status: ServiceStatus) => void;
  /** The API serves, for the first time or again: hand it the admin tokens now. */
  readonly onServing: (ready: ApiReady) => void;
  /** The scan plane serves, for the first time or again. */
  readonly onResolving?: (ready: ResolverReady) => void;
}

export interface Supervisor {
  /** Database first, then integrator, api and resolver. Calling it again tries at once what waits for its next try. */
  start(): void;
  /** The database last, all others before it. */
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
  serving(asker: ProcessName): Serving | null;
}

type Runners = Readonly<Record<ProcessName, ProcessRunner>>;

function createRunners(deps: SupervisorDeps, hooks: RunnerHooks): Runners {
  const runner = (name: ProcessName): ProcessRunner =>
    new ProcessRunner({
      ...{ name, setTimer: deps.setTimer, now: deps.now, date: deps.date },
      fork: () => deps.fork(name),
      mayStart: deps.mayStart,
      settings: () =>
        deps.settingsFor(name, name === 'database' ? null : hooks.database(), hooks.serving(name)),
      onReady: hooks.ready,
      onWanted: (message) => hooks.mint(message.wanted),
      onChange: hooks.changed,
    });
  return {
    database: runner('database'),
    integrator: runner('integrator'),
    api: runner('api'),
    resolver: runner('resolver'),
    worker: runner('worker'),
    probes: runner('probes'),
  };
}

/** What needs the database, in the order of its start. */
const DEPENDENTS = ['integrator', 'api', 'resolver'] as const;

/** Probes first: nobody attacks what is being stopped. */
async function stopDependents(runners: Runners): Promise<void> {
  await runners.probes.stop();
  await Promise.all(([...DEPENDENTS, 'worker'] as const).map((name) => runners[name].stop()));
}

async function startAnew(runner: ProcessRunner, wanted: () => boolean): Promise<void> {
  await runner.stop();
  if (wanted()) runner.start();
}

/** The worker counts only while there is work: without it nothing is missing. */
const statusesOf = (runners: Runners, minting: boolean): ProcessStatus[] =>
  PROCESS_NAMES.filter((name) => name !== 'worker' || minting).map((name) => runners[name].status);

/** Nobody is refused while the probes are down: what they would have found turns grey, and says so. */
const isNeeded = ({ name }: ProcessStatus): boolean => name !== 'probes';

/** The planes that serve now. */
function createPlanes(deps: Pick<SupervisorDeps, 'onServing' | 'onResolving'>) {
  let api: ApiReady | null = null;
  let resolver: ResolverReady | null = null;
  /** The scan plane that the probes were told of; undefined before they were told anything. */
  let attacked: string | null | undefined;
  return {
    /** @returns whether this process is a plane */
    serves: (message: ReadyMessage): boolean => {
      if (message.process === 'api') {
        api = message;
        deps.onServing(message);
      } else if (message.process === 'resolver') {
        resolver = message;
        deps.onResolving?.(message);
      } else return false;
      return true;
    },
    ended: (name: ProcessName): void => {
      if (name === 'api') api = null;
      if (name === 'resolver') resolver = null;
    },
    serving: (asker: ProcessName): Serving | null => {
      if (asker === 'probes') attacked = resolver?.resolver ?? null;
      return api && { ...api, resolver: resolver?.resolver ?? null };
    },
    /** Whether the scan plane serves where the probes do not look for it. */
    moved: (message: ReadyMessage): boolean =>
      message.process === 'resolver' && attacked !== undefined && message.resolver !== attacked,
    urls: () => ({ api: api?.api ?? null, resolver: resolver?.resolver ?? null }),
  };
}

/**
 * Runs the service's processes. All others outlive a restart of the database, because they find it again by
 * themselves; they are started anew only when it came back somewhere else (Windows picks a new port).
 */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  let database: DatabaseEndpoint | null = null;
  let wanted = false;
  let minting = false;
  const planes = createPlanes(deps);

  const dependents = async (endpoint: DatabaseEndpoint): Promise<void> => {
    const moved = database !== null && !sameEndpoint(database, endpoint);
    database = endpoint;
    if (moved) await stopDependents(runners);
    if (!wanted) return;
    for (const name of DEPENDENTS) runners[name].start();
    if (minting) runners.worker.start();
  };

  const ready = (message: ReadyMessage): void => {
    if (message.process === 'database') void dependents(message.database);
    else if (planes.serves(message)) deps.onStatus(status());
    // They attack what serves: they are told where that is each time it comes back, and when the scan plane is found elsewhere.
    if (message.process === 'api' || planes.moved(message))
      void startAnew(runners.probes, () => wanted && planes.urls().api !== null);
  };

  const runners = createRunners(deps, {
    ready,
    mint: (work) => {
      const changes = work !== minting;
      minting = work;
      if (changes && (wanted || !work)) void runners.worker[work ? 'start' : 'stop']();
    },
    database: () => database,
    serving: planes.serving,
    changed: (change) => {
      if (change.state !== 'running') planes.ended(change.name);
      deps.onStatus(status());
    },
  });

  const status = (): ServiceStatus => {
    const processes = statusesOf(runners, minting);
    return { state: summarise(processes.filter(isNeeded)), processes, ...planes.urls() };
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

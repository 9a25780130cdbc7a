import type {
  DatabaseEndpoint,
  FromProcess,
  ProcessName,
  ProcessSettings,
} from '../../shared/service/launch.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import type { AdminEndpoint } from './admin-client.ts';
import type { Service } from './backend.ts';
import { type Child, ProcessRunner, type RunnerDeps } from './process-runner.ts';
import { summarise, watching } from './service-status.ts';

/** Origin that signatures name; it resolves nowhere, because the plane answers on a socket only. */
const ADMIN_ORIGIN = 'http://admin.sallyport.internal';

export interface BundledDeps extends Pick<RunnerDeps, 'mayHaveKeys' | 'setTimer' | 'now' | 'date'> {
  readonly fork: (name: ProcessName) => Child;
  readonly dataDir: string;
  readonly binaries: string;
  readonly version: string;
  readonly apiPort: () => number;
  /** Path of the admin socket; its folder is made when this is asked. */
  readonly socket: () => string;
  readonly onStatus: (status: ServiceStatus) => void;
  /** Said to the user: what ended, what came back. */
  readonly notice: (level: 'info' | 'warning' | 'error', text: string) => void;
}

/**
 * The service inside the console: the database first, then integrator and api, which find it again by themselves when it
 * comes back. It runs on through a lock; what ends then stays down until the next unlock.
 */
export class BundledService implements Service {
  readonly #deps: BundledDeps;
  readonly #runners: Readonly<Record<ProcessName, ProcessRunner>>;
  #database: DatabaseEndpoint | null = null;
  #serving: { readonly api: string; readonly admin: AdminEndpoint } | null = null;
  #tokens: readonly string[] = [];

  constructor(deps: BundledDeps) {
    this.#deps = deps;
    const runner = (name: ProcessName) => this.#runner(name);
    this.#runners = { database: runner('database'), integrator: runner('integrator'), api: runner('api') };
  }

  unlocked(): void {
    this.#runners.database.start();
    if (this.#database) this.#startDependents();
  }

  status(): ServiceStatus {
    const { database, integrator, api } = this.#runners;
    return summarise([database.status, integrator.status, api.status], this.#serving?.api ?? null);
  }

  endpoint(): AdminEndpoint | null {
    return this.#serving?.admin ?? null;
  }

  setAdminTokens(sha256: readonly string[]): void {
    this.#tokens = sha256;
    this.#runners.api.send({ type: 'admin-tokens', sha256: [...sha256] });
  }

  async restart(): Promise<void> {
    await this.stop();
    this.unlocked();
  }

  async stop(): Promise<void> {
    const { database, integrator, api } = this.#runners;
    await Promise.all([api.stop(), integrator.stop()]);
    await database.stop();
    this.#database = null;
  }

  #runner(name: ProcessName): ProcessRunner {
    const { mayHaveKeys, setTimer, now, date, fork, notice } = this.#deps;
    const watch = watching(name, notice);
    return new ProcessRunner({
      ...{ name, mayHaveKeys, setTimer, now, date },
      fork: () => fork(name),
      settings: () => this.#settings(name),
      onReady: (ready) => this.#ready(ready),
      onChange: (status) => {
        if (name === 'api' && status.state !== 'running') this.#serving = null;
        watch(status);
        this.#deps.onStatus(this.status());
      },
    });
  }

  #ready(ready: Extract<FromProcess, { type: 'ready' }>): void {
    if (ready.process === 'database') {
      this.#database = ready.database;
      this.#startDependents();
    } else if (ready.process === 'api' && ready.adminSocket) {
      this.#serving = { api: ready.api, admin: { origin: ready.adminOrigin, socket: ready.adminSocket } };
      this.setAdminTokens(this.#tokens);
      this.#deps.onStatus(this.status());
    }
  }

  #startDependents(): void {
    this.#runners.integrator.start();
    this.#runners.api.start();
  }

  #settings(name: ProcessName): ProcessSettings {
    const { dataDir, binaries, version, apiPort, socket } = this.#deps;
    if (name === 'database') return { process: name, dataDir, binaries };
    const database = this.#database;
    if (!database) throw new RangeError(`${name} was started before the database was ready`);
    if (name === 'integrator') return { process: name, database };
    return {
      process: name,
      mode: 'bundled',
      environment: 'production',
      version,
      database,
      dataDir,
      api: { host: '127.0.0.1', port: apiPort() },
      admin: { socket: socket(), origin: ADMIN_ORIGIN },
      adminSignatures: 'required',
      trustedProxies: [],
      allowedOrigins: [],
      limits: { ip: { limit: 30, windowSeconds: 10 }, operator: { limit: 300, windowSeconds: 60 } },
    };
  }
}

import { DEFAULT_AUTONOMY } from '../../shared/service/autonomy-settings.ts';
import { BUNDLED_ORIGIN } from '../../shared/service/bundled-origin.ts';
import {
  type DatabaseEndpoint,
  DEFAULT_IDENTITY,
  DEFAULT_SCANS,
  type LimitSettings,
  type ProcessName,
  type ProcessSettings,
} from '../../shared/service/launch.ts';
import { DEFAULT_MARKET } from '../../shared/service/market-settings.ts';
import { probesSettings } from '../../shared/service/probes.ts';
import type { Child, SupervisorClock } from '../../shared/service/process-runner.ts';
import type { ServiceStatus } from '../../shared/service/status.ts';
import { type ApiReady, createSupervisor, type Serving } from '../../shared/service/supervise.ts';
import type { TokenhallSettings } from '../../shared/service/tokenhall-settings.ts';
import { DEFAULT_WEBHOOK } from '../../shared/service/webhook-settings.ts';
import type { Service } from './backend.ts';
import { watchProcesses } from './service-notices.ts';

export interface BundledDeps extends SupervisorClock {
  readonly fork: (name: ProcessName) => Child;
  /** False while the vault is locked: nobody can give a new process its keys. */
  readonly mayHaveKeys: () => boolean;
  readonly dataDir: string;
  readonly binaries: string;
  readonly version: string;
  readonly apiPort: () => number;
  /** Where the gateway may reach providers of models. */
  readonly tokenhall: TokenhallSettings;
  /** Asked at each start of the api process. */
  readonly limits: () => LimitSettings;
  /** Asked at each start of the api process: fingerprint of the wallet key that the keeper gives it; null for none. */
  readonly payerKey: () => string | null;
  /** Path of the admin socket; its folder is made when this is asked. */
  readonly socket: () => string;
  readonly onStatus: (status: ServiceStatus) => void;
  readonly onServing: () => void;
  /** Said to the user: what ended, what came back. */
  readonly notice: (level: 'info' | 'warning' | 'error', text: string) => void;
}

function settingsOf(
  deps: BundledDeps,
  name: ProcessName,
  database: DatabaseEndpoint | null,
  serving: Serving | null,
  resolverPort: number,
): ProcessSettings {
  if (name === 'database') return { process: name, dataDir: deps.dataDir, binaries: deps.binaries };
  if (!database) throw new RangeError(`${name} was started before the database was ready`);
  if (name === 'integrator' || name === 'worker') return { process: name, database };
  if (name === 'probes') return probesSettings(database, deps.dataDir, serving);
  if (name === 'resolver')
    return {
      ...{ process: name, database, listen: { host: '127.0.0.1', port: resolverPort } },
      ...{ limit: DEFAULT_SCANS.limit, trustedProxies: [], strictTransport: false },
    };
  const payerKey = deps.payerKey();
  return {
    process: name,
    ...(payerKey === null ? {} : { payerKey }),
    mode: 'bundled',
    environment: 'production',
    version: deps.version,
    database,
    dataDir: deps.dataDir,
    api: { host: '127.0.0.1', port: deps.apiPort() },
    admin: { socket: deps.socket(), origin: BUNDLED_ORIGIN },
    adminSignatures: 'required',
    trustedProxies: [],
    allowedOrigins: [],
    limits: deps.limits(),
    identity: DEFAULT_IDENTITY,
    tokenhall: deps.tokenhall,
    market: DEFAULT_MARKET,
    autonomy: DEFAULT_AUTONOMY,
    webhook: DEFAULT_WEBHOOK,
    keepScansDays: DEFAULT_SCANS.keepDays,
  };
}

/**
 * The service inside the console. It starts at the first unlock and runs on through a lock; what ends while locked stays
 * down until the next unlock, and says so.
 */
export function bundledService(deps: BundledDeps): Service {
  const { setTimer, now, date, fork, mayHaveKeys } = deps;
  const watch = watchProcesses(deps.notice);
  let serving: ApiReady | null = null;
  /** A free one at the first start, and kept: a scan plane that came back is found again. */
  let resolverPort = 0;
  let tokens: readonly string[] = [];
  const publish = () => supervisor.send('api', { type: 'admin-tokens', sha256: [...tokens] });
  const supervisor = createSupervisor({
    ...{ setTimer, now, date, fork },
    mayStart: mayHaveKeys,
    settingsFor: (name, database, api) => settingsOf(deps, name, database, api, resolverPort),
    onStatus: (status) => {
      watch(status);
      deps.onStatus(status);
    },
    onServing: (ready) => {
      serving = ready;
      publish();
      deps.onServing();
    },
    onResolving: ({ resolver }) => {
      resolverPort = Number(new URL(resolver).port);
    },
  });
  return {
    unlocked: () => supervisor.start(),
    status: () => supervisor.status(),
    endpoint: () =>
      serving?.adminSocket && supervisor.status().api
        ? { origin: serving.adminOrigin, socket: serving.adminSocket }
        : null,
    setAdminTokens: (sha256) => {
      tokens = sha256;
      publish();
    },
    restart: async () => {
      await supervisor.stop();
      supervisor.start();
    },
    stop: () => supervisor.stop(),
  };
}

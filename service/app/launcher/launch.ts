import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Logger } from 'pino';
import { version } from '../../../package.json';
import type { Provenance } from '../../../shared/http/settings.ts';
import { deriveProcessKeys } from '../../../shared/service/keys.ts';
import type {
  DatabaseEndpoint,
  FailureCode,
  ProcessKeys,
  ProcessName,
  ProcessSettings,
  ToProcess,
} from '../../../shared/service/launch.ts';
import { probesSettings } from '../../../shared/service/probes.ts';
import type { ServiceStatus } from '../../../shared/service/status.ts';
import {
  type ApiReady,
  createSupervisor,
  type ResolverReady,
  type Serving,
  type Supervisor,
} from '../../../shared/service/supervise.ts';
import type { LauncherConfig } from '../config.ts';
import { forkChild } from './fork-child.ts';
import type { ScansWarden } from './scans-warden.ts';

export interface LaunchOptions {
  readonly config: LauncherConfig;
  readonly provenance: Provenance;
  readonly binaries: string;
  /** Runs the scan plane as a system user of its own; null: it is a child of ours like the others. */
  readonly warden: ScansWarden | null;
  readonly root: Uint8Array;
  readonly adminKey: string;
  /** Built entry of a process. */
  readonly entryOf: (name: ProcessName) => string;
  readonly log: Logger;
  /** The API serves, for the first time or again. */
  readonly onServing: (ready: ApiReady) => void;
  /** The scan plane serves, likewise. */
  readonly onResolving: (ready: ResolverReady) => void;
  /** It cannot start, and only a person can change that. */
  readonly onHopeless: (failure: { code: FailureCode; message: string }) => void;
}

const sha256 = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const portOf = (url: string): number => Number(new URL(url).port);

/** What the processes are told. A port that was picked once is kept, so that clients find a restarted API again. */
function createSettings({ config, binaries, provenance, warden }: LaunchOptions) {
  let api = config.api;
  let resolver = config.resolver;
  const settingsFor = (
    name: ProcessName,
    database: DatabaseEndpoint | null,
    serving: Serving | null,
  ): ProcessSettings => {
    if (name === 'database') {
      const { dataDir, server } = config;
      const settings = { process: name, dataDir, binaries } as const;
      // A server has no folder of ours to listen in.
      if (server) return { ...settings, server: server.settings };
      return { ...settings, ...(warden && { scanSockets: warden.sockets }) };
    }
    if (!database) throw new RangeError(`${name} was started before the database was ready`);
    if (name === 'integrator' || name === 'worker') return { process: name, database };
    if (name === 'probes') return probesSettings(database, config.dataDir, serving);
    if (name === 'resolver') {
      const host = config.server ? database.host : (warden?.sockets ?? database.host);
      return { process: name, database: { ...database, host }, ...resolver };
    }
    const { environment, dataDir, payerKey } = config;
    return {
      process: name,
      mode: 'standalone',
      ...{ environment, version, database, dataDir, provenance, ...api },
      ...(warden?.user ? { scanUser: warden.user } : {}),
      ...(payerKey === undefined ? {} : { payerKey: payerKey.fingerprint }),
    };
  };
  const keepPorts = (ready: ApiReady): void => {
    const { admin } = api;
    const keepsOwnPort = admin !== null && 'port' in admin && admin.port === 0 && admin.origin === null;
    api = {
      ...api,
      api: { ...api.api, port: portOf(ready.api) },
      admin: keepsOwnPort ? { ...admin, port: portOf(ready.adminOrigin) } : admin,
    };
  };
  const keepResolverPort = (ready: ResolverReady): void => {
    resolver = { ...resolver, listen: { ...resolver.listen, port: portOf(ready.resolver) } };
  };
  return { settingsFor, keepPorts, keepResolverPort };
}

/** Runs the service's processes as children of this one. */
export function launchService(options: LaunchOptions): Supervisor {
  const { config, root, adminKey, entryOf, log, warden } = options;
  const { settingsFor, keepPorts, keepResolverPort } = createSettings(options);
  const tokens: ToProcess = {
    type: 'admin-tokens',
    sha256: [sha256(adminKey)],
  };
  const keysFor = (name: ProcessName): ProcessKeys => {
    const keys = deriveProcessKeys(root, name);
    if (keys.process === 'database') return { ...keys, serverPassword: config.server?.password };
    if (keys.process === 'resolver') return { ...keys, redisUrl: config.resolverRedisUrl };
    if (keys.process !== 'api') return keys;
    const { redisUrl, facilitatorSecret, secretRoots, payerKey, exportStorage } = config;
    const facilitatorHash = facilitatorSecret === undefined ? undefined : sha256(facilitatorSecret);
    const payerSeed = payerKey?.seed;
    return { ...keys, redisUrl, facilitatorHash, secretRoots, payerSeed, exportStorage };
  };
  let served = false;

  const report = ({ state, processes }: ServiceStatus): void => {
    log.info(
      { state, processes: Object.fromEntries(processes.map((one) => [one.name, one.state])) },
      'status',
    );
    const hopeless = processes.find((one) => one.state === 'failed')?.failure;
    if (hopeless && !served) options.onHopeless(hopeless);
  };

  const supervisor = createSupervisor({
    fork: (name) => {
      const keys = keysFor(name);
      if (warden && keys.process === 'resolver') return warden.fork(keys);
      // The tokens go before `ready`, so that a restarted API knows them from its first request on.
      return forkChild(entryOf(name), keys, name === 'api' ? [tokens] : []);
    },
    settingsFor,
    onStatus: report,
    onServing: (ready) => {
      keepPorts(ready);
      served = true;
      options.onServing(ready);
    },
    onResolving: (ready) => {
      keepResolverPort(ready);
      options.onResolving(ready);
    },
    setTimer: (run, ms) => {
      const timer = setTimeout(run, ms);
      return { cancel: () => clearTimeout(timer) };
    },
    now: () => performance.now(),
    date: () => new Date(),
  });
  supervisor.start();
  return supervisor;
}

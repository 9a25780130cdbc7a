import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { postgresBinaries } from '../../../electron/main/paths.ts';
import { DEFAULT_AUTONOMY } from '../../../shared/service/autonomy-settings.ts';
import { deriveProcessKeys } from '../../../shared/service/keys.ts';
import {
  type ApiSettings,
  type DatabaseEndpoint,
  DEFAULT_IDENTITY,
  DEFAULT_SCANS,
  type FromProcess,
  fromProcess,
  type ProcessName,
  type ProcessSettings,
} from '../../../shared/service/launch.ts';
import { DEFAULT_MARKET } from '../../../shared/service/market-settings.ts';
import { DEFAULT_TOKENHALL } from '../../../shared/service/tokenhall-settings.ts';
import { DEFAULT_WEBHOOK } from '../../../shared/service/webhook-settings.ts';
import { BenchError } from '../errors.ts';
import { type Child, forkChild } from './child.ts';

export interface MeasuredService {
  readonly endpoint: DatabaseEndpoint;
  /** Derives every key of the service, as its vault would. */
  readonly root: Uint8Array;
  readonly api: string;
  readonly adminOrigin: string;
  readonly adminSocket: string;
  readonly adminToken: string;
  stop(): Promise<void>;
}

/** The limit per operator is 300 a minute (SPEC 5): a measurement raises it and says so in its notes. */
export const RAISED_LIMIT = 1_000_000;

type Process = Child<FromProcess>;
type Ready<N extends ProcessName> = Extract<FromProcess, { type: 'ready'; process: N }>;

type Failed = Extract<FromProcess, { type: 'failed' }>;

const isOutcome =
  <N extends ProcessName>(name: N) =>
  (message: FromProcess): message is Ready<N> | Failed =>
    message.type === 'failed' || (message.type === 'ready' && message.process === name);

const settingsOf = (dataDir: string, database: DatabaseEndpoint, more: Partial<ApiSettings>) =>
  ({
    integrator: { process: 'integrator', database },
    api: {
      process: 'api',
      mode: 'bundled',
      environment: 'production',
      version: 'bench',
      database,
      dataDir,
      api: { host: '127.0.0.1', port: 0 },
      admin: { socket: join(dataDir, 'admin.sock'), origin: 'http://admin.sallyport.internal' },
      adminSignatures: 'required',
      trustedProxies: [],
      allowedOrigins: [],
      keepScansDays: DEFAULT_SCANS.keepDays,
      limits: {
        ip: { limit: RAISED_LIMIT, windowSeconds: 10 },
        operator: { limit: RAISED_LIMIT, windowSeconds: 60 },
      },
      identity: DEFAULT_IDENTITY,
      tokenhall: DEFAULT_TOKENHALL,
      market: DEFAULT_MARKET,
      autonomy: DEFAULT_AUTONOMY,
      webhook: DEFAULT_WEBHOOK,
      ...more,
    },
  }) as const satisfies Record<'integrator' | 'api', ProcessSettings>;

/**
 * Starts the service's three processes as the console does, bundled, with the admin plane on a Unix socket; only that
 * they run on plain Node.
 * @param bundles folder of the built service
 * @param more settings of the api that a row needs otherwise
 */
export async function startService(
  bundles: string,
  dataDir: string,
  more: Partial<ApiSettings> = {},
): Promise<MeasuredService> {
  const root = randomBytes(32);
  const running: Process[] = [];
  const start = async <N extends ProcessName>(name: N, settings: ProcessSettings): Promise<Ready<N>> => {
    const child = forkChild(join(bundles, `${name}.js`), fromProcess, { type: 'stop' });
    running.unshift(child);
    child.send({ type: 'configure', settings });
    child.send({ type: 'keys', keys: deriveProcessKeys(root, name) });
    const outcome = await child.heard(isOutcome(name));
    if (outcome.type === 'failed') throw new BenchError('service', outcome.message);
    return outcome;
  };
  const stop = async () => {
    for (const child of running) await child.stop();
  };
  try {
    const binaries = postgresBinaries(fileURLToPath(import.meta.url), process.platform, process.arch);
    const { database } = await start('database', { process: 'database', dataDir, binaries });
    const settings = settingsOf(dataDir, database, more);
    await start('integrator', settings.integrator);
    const { api, adminOrigin, adminSocket } = await start('api', settings.api);
    if (adminSocket === null) throw new BenchError('service', 'the admin plane is not on its socket');
    const adminToken = randomBytes(32).toString('base64url');
    const sha256 = [createHash('sha256').update(adminToken).digest('hex')];
    running[0]?.send({ type: 'admin-tokens', sha256 });
    return { endpoint: database, root, api, adminOrigin, adminSocket, adminToken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

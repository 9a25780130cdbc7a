import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Provenance } from '../../shared/http/settings.ts';
import type { ApiReady, ResolverReady } from '../../shared/service/supervise.ts';
import { failureOf } from '../process/failure.ts';
import { processLog } from '../process/process-log.ts';
import { provenanceOf, resolveEnvironment } from '../secrets/resolve.ts';
import { ConfigError, GENERATED, type LauncherConfig, readConfig, USAGE, VARIABLES } from './config.ts';
import { packagedBinaries } from './launcher/binaries.ts';
import { launchService } from './launcher/launch.ts';
import { developmentAdminKey, keepOperatorFile } from './launcher/operator-access.ts';
import { issueRecovery, recoveryOf } from './launcher/recover-operator.ts';
import { openScansWarden } from './launcher/scans-warden.ts';
import { rootKey } from './launcher/secrets.ts';

/** sysexits.h: EX_USAGE for arguments and environment, EX_CANTCREAT for a data directory or port that cannot be used. */
const EXIT_USAGE = 64;
const EXIT_CANNOT_USE = 73;
const EXIT_FAILED = 1;

const tell = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};

interface Configured {
  readonly config: LauncherConfig;
  readonly provenance: Provenance;
}

async function configured(): Promise<Configured> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  }
  const resolved = await resolveEnvironment(process.env, process.cwd());
  return {
    config: readConfig(process.argv.slice(2), resolved.env),
    provenance: provenanceOf(resolved, VARIABLES, GENERATED),
  };
}

/** Runs the service until a signal, or until it is clear that it cannot start. */
async function run({ config, provenance }: Configured, log: Logger): Promise<void> {
  const binaries = config.binaries ?? packagedBinaries(import.meta.url);
  const root = await rootKey(config);
  const warden = config.scansWarden === undefined ? null : await openScansWarden(config.scansWarden);
  const adminToken = config.adminKey ?? (await developmentAdminKey(config.dataDir));
  let forget: () => void = () => undefined;
  let announced = false;
  let serving: ApiReady | null = null;
  let resolving: ResolverReady | null = null;
  let ending = false;

  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    forget();
    await supervisor.stop();
    process.exit(code);
  };

  const announce = async (
    { api, adminOrigin, adminSocket }: ApiReady,
    { resolver }: ResolverReady,
  ): Promise<void> => {
    if (config.environment === 'development') {
      const failed = (error: unknown) => log.error({ err: error }, 'operator.json cannot be written');
      forget = await keepOperatorFile(config.dataDir, { adminOrigin, adminSocket, adminToken }, failed);
    }
    process.stdout.write(`${JSON.stringify({ event: 'ready', api, resolver })}\n`);
  };

  /** Once, when both planes serve. */
  const announceOnce = (): void => {
    if (announced || serving === null || resolving === null) return;
    announced = true;
    announce(serving, resolving).catch((error: unknown) => {
      tell(failureOf(error).message);
      void end(EXIT_CANNOT_USE);
    });
  };

  const supervisor = launchService({
    ...{ config, provenance, binaries, root, log, warden },
    adminKey: adminToken,
    entryOf: (name) => fileURLToPath(new URL(`./${name}.js`, import.meta.url)),
    onServing: (ready) => {
      serving = ready;
      announceOnce();
    },
    onResolving: (ready) => {
      resolving = ready;
      announceOnce();
    },
    onHopeless: ({ message }) => {
      tell(message);
      void end(EXIT_CANNOT_USE);
    },
  });

  process.on('SIGTERM', () => void end(0));
  process.on('SIGINT', () => void end(0));
  process.on('SIGHUP', () => void end(0));
}

const log = processLog('launcher');
try {
  const recovery = recoveryOf(process.argv.slice(2));
  if (recovery === null) await run(await configured(), log);
  else process.stdout.write(`${await issueRecovery(recovery, new Date())}\n`);
} catch (error) {
  const { code, message } = failureOf(error);
  log.debug({ err: error, failure: code }, 'the service cannot start');
  if (error instanceof ConfigError) {
    tell(`${message}\n\n${USAGE}`);
    process.exit(EXIT_USAGE);
  }
  tell(message);
  process.exit(code === 'internal' ? EXIT_FAILED : EXIT_CANNOT_USE);
}

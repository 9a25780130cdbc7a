import { join } from 'node:path';
import { DEFAULT_TOKENHALL, NO_PROVIDERS } from '../../shared/service/tokenhall-settings.ts';
import type { Service } from '../backend/backend.ts';
import { type BundledDeps, bundledService } from '../backend/bundled-service.ts';
import { forkChild } from '../backend/child.ts';
import { noService } from '../backend/no-service.ts';
import { openRotatingFile } from '../backend/rotating-file.ts';
import type { Ground } from './ground.ts';
import type { KeeperLink } from './keeper-link.ts';
import { postgresBinaries } from './paths.ts';
import { VERSION } from './runtime.ts';
import type { Settings } from './settings-file.ts';
import { later } from './timers.ts';

type Told = Pick<BundledDeps, 'mayHaveKeys' | 'payerKey' | 'socket' | 'onStatus' | 'onServing' | 'notice'>;

interface Around extends Told {
  readonly keeper: () => Pick<KeeperLink, 'provideKeys'> | null;
  readonly settings: () => Pick<Settings, 'apiPort' | 'limits'>;
}

/** The service of this console's own data folder; none in an air gap. */
export function openBundled(ground: Ground, { keeper, settings, ...told }: Around): Service {
  const { folders, paths, airGap, isPractice } = ground;
  if (airGap !== 'off') return noService();
  const log = openRotatingFile(join(folders.logs, 'service.log'));
  return bundledService({
    ...told,
    fork: (name) =>
      forkChild({
        name,
        entry: paths.service(name),
        log,
        provideKeys: (process, port) => {
          const holder = keeper();
          // The child ends when its port closes; it must not wait for keys that nobody gives.
          if (holder) holder.provideKeys(process, port);
          else port.close();
        },
      }),
    dataDir: folders.service,
    binaries: postgresBinaries(paths.keeper, process.platform, process.arch),
    version: VERSION,
    // No agent of anybody calls a practice console, so its port need not stay the same, and never takes the real one's.
    apiPort: () => (isPractice ? 0 : settings().apiPort),
    tokenhall: isPractice ? NO_PROVIDERS : DEFAULT_TOKENHALL,
    limits: () => settings().limits,
    ...{ setTimer: later, now: () => performance.now(), date: () => new Date() },
  });
}

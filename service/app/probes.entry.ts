import { openDatabase } from '../db/database.ts';
import { createProber } from '../probes/prober.ts';
import { groundsOf } from '../probes/store.ts';
import { runProcess } from '../process/run-process.ts';

/** How soon a round that somebody asked for begins. */
const LOOK_MS = 2_000;
/** Twenty requests in ten seconds at most: below the limit of an address, of which other clients of this host have a share. */
const PACE_MS = 500;

runProcess('probes', async ({ settings, keys, log }) => {
  const db = openDatabase({
    ...{ endpoint: settings.database, role: 'prober', password: keys.password, poolSize: 1 },
  });
  const { adminToken, operatorSeed, accountPassword } = keys;
  const { api, adminOrigin, adminSocket, resolver, dataDir } = settings;
  const prober = createProber({
    ...{ api, adminOrigin, adminSocket, resolver, dataDir, adminToken, operatorSeed, accountPassword },
    ...{ grounds: groundsOf(db), paceMs: PACE_MS, now: Date.now },
  });
  let timer = setTimeout(() => look(), LOOK_MS);
  const look = (): void => {
    prober
      .turn()
      .catch((error: unknown) => log.warn({ err: error }, 'a look for a round of probes failed'))
      .finally(() => {
        timer = setTimeout(look, LOOK_MS);
      });
  };
  return {
    ready: { type: 'ready', process: 'probes' },
    stop: async () => {
      clearTimeout(timer);
      await db.close();
    },
  };
});

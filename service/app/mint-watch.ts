import type { Database } from '../db/database.ts';
import { hasOpenJobs } from '../minting/jobs/store.ts';
import type { Job } from '../process/jobs.ts';

/** A new job waits half a second for its worker at most. */
const LOOK_MS = 500;
/** A worker without work stays this many looks, so that a row of small jobs does not start one each. */
const PATIENCE = 60;

/**
 * Looks whether there is something to mint, and tells whoever starts the worker. An api process that was restarted does not know
 * what its predecessor said last, so a quiet one says once that nothing is wanted.
 */
export function mintWatch(db: Pick<Database, 'kysely'>, say: (wanted: boolean) => void): Job {
  let idle = 0;
  return {
    name: 'mint-work',
    everyMs: LOOK_MS,
    run: async () => {
      if (await hasOpenJobs(db.kysely)) {
        idle = 0;
        say(true);
        return;
      }
      idle += 1;
      if (idle === PATIENCE) say(false);
    },
  };
}

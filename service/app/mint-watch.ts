import type { Database } from '../db/database.ts';
import { hasOpenJobs } from '../minting/jobs/store.ts';
import type { Job } from './jobs.ts';

/** A new job waits half a second for its worker at most. */
const LOOK_MS = 500;
/** A worker without work stays this many looks, so that a row of small jobs does not start one each. */
const PATIENCE = 60;

/** Looks whether there is something to mint, and says so at every change and to a parent that was not heard. */
export function mintWatch(db: Pick<Database, 'kysely'>, say: (wanted: boolean) => void): Job {
  let idle = PATIENCE;
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

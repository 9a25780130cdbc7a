import { type Database, transact } from '../db/database.ts';
import type { Staging } from '../ledger/staging.ts';
import type { Clock } from './build-api.ts';

/** Less than this is how a time service corrects a clock that is nearly right. */
const NOTICED_MS = 5_000;

/**
 * Looks again and again whether the wall clock moved beside the time that passed, because somebody set it or the machine slept.
 * What cannot be told stays for the next look.
 */
export function watchClock(
  clock: Pick<Clock, 'now' | 'monotonic'>,
  tell: (seconds: number) => Promise<void>,
): () => Promise<void> {
  const ahead = () => clock.now().getTime() - clock.monotonic();
  let known = ahead();
  return async () => {
    const is = ahead();
    const moved = is - known;
    if (Math.abs(moved) >= NOTICED_MS) await tell(Math.round(moved / 1_000));
    // Small corrections are taken over too, or a year of them would be told as a jump.
    known = is;
  };
}

/** Enters a jump in the ledger: times of entries cannot be compared across it. */
export const clockMoved =
  (db: Pick<Database, 'kysely'>, staging: Staging) =>
  (seconds: number): Promise<void> =>
    transact(db, async (tx) => {
      await staging.stage(tx, {
        kind: 'service.clock-moved',
        data: { seconds },
        actor: { type: 'system', id: 'api', name: null },
        agent: null,
        requestId: null,
      });
    });

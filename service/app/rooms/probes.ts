import { consoleHandlers } from '../../boundaries/consoles/routes.ts';
import { pruneConsoleOutcomes } from '../../boundaries/consoles/store.ts';
import { probeHandlers } from '../../boundaries/probes/routes.ts';
import { keepSchedule, pruneHistory } from '../../boundaries/probes/schedule.ts';
import { createMutate } from '../../identity/mutation.ts';
import { expiredLink } from '../../minting/exports/link.ts';
import { exportKey } from './mint-exports.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof probeHandlers> & ReturnType<typeof consoleHandlers>;

/** Rounds of negative probes: when they are due, and what they found; and what consoles found on themselves. What they are lies outside, in `service/probes`. */
export function openProbes({ settings, keys, db, staging, random, now }: RoomParts): OpenedRoom<Answers> {
  const linkKey = exportKey(keys.exportSeed, 'links');
  const expiredExport = (at: Date) => expiredLink(linkKey, at);
  const startedAt = now();
  const mutate = createMutate(db, staging);
  return {
    handlers: {
      ...probeHandlers({ db, random, expiredExport, mutate }),
      ...consoleHandlers({ db, mutate, environment: settings.environment }),
    },
    jobs: [
      {
        ...{ name: 'probe-schedule', everyMs: 5_000 },
        run: () => keepSchedule({ db, staging, startedAt, random, now }),
      },
      { name: 'probe-history', everyMs: 60 * 60_000, run: () => pruneHistory({ db }) },
      { name: 'console-history', everyMs: 60 * 60_000, run: () => pruneConsoleOutcomes(db.kysely) },
    ],
  };
}

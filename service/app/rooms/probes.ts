import { probeHandlers } from '../../boundaries/probes/routes.ts';
import { keepSchedule, pruneHistory } from '../../boundaries/probes/schedule.ts';
import { createMutate } from '../../identity/mutation.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof probeHandlers>;

/** Rounds of negative probes: when they are due, and what they found. What they are lies outside, in `service/probes`. */
export function openProbes({ db, staging, random, now }: RoomParts): OpenedRoom<Answers> {
  const startedAt = now();
  return {
    handlers: probeHandlers({ db, random, mutate: createMutate(db, staging) }),
    jobs: [
      {
        ...{ name: 'probe-schedule', everyMs: 5_000 },
        run: () => keepSchedule({ db, staging, startedAt, random, now }),
      },
      { name: 'probe-history', everyMs: 60 * 60_000, run: () => pruneHistory({ db }) },
    ],
  };
}

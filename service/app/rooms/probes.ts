import { probeHandlers } from '../../boundaries/probes/routes.ts';
import { keepSchedule, pruneHistory } from '../../boundaries/probes/schedule.ts';
import { createMutate } from '../../identity/mutation.ts';
import { expiredLink } from '../../minting/exports/link.ts';
import { exportKey } from './mint-exports.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof probeHandlers>;

/** Rounds of negative probes: when they are due, and what they found. What they are lies outside, in `service/probes`. */
export function openProbes({ keys, db, staging, random, now }: RoomParts): OpenedRoom<Answers> {
  const linkKey = exportKey(keys.exportSeed, 'links');
  const expiredExport = (at: Date) => expiredLink(linkKey, at);
  const startedAt = now();
  return {
    handlers: probeHandlers({ db, random, expiredExport, mutate: createMutate(db, staging) }),
    jobs: [
      {
        ...{ name: 'probe-schedule', everyMs: 5_000 },
        run: () => keepSchedule({ db, staging, startedAt, random, now }),
      },
      { name: 'probe-history', everyMs: 60 * 60_000, run: () => pruneHistory({ db }) },
    ],
  };
}

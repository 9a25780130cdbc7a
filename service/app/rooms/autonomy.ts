import { facilitatorHandlers } from '../../autonomy/facilitator.ts';
import { endSessions } from '../../autonomy/sessions/ending.ts';
import { payerSessionHandlers } from '../../autonomy/sessions/routes.ts';
import { createMutate } from '../../identity/mutation.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof payerSessionHandlers> & ReturnType<typeof facilitatorHandlers>;

/** The autonomous payer: its sessions end by themselves. */
export function openAutonomy({ settings, db, staging, random, now }: RoomParts): OpenedRoom<Answers> {
  const mutate = createMutate(db, staging);
  return {
    handlers: {
      ...payerSessionHandlers({ db, mutate, random, staging, payerKey: settings.payerKey ?? null }),
      ...facilitatorHandlers(db),
    },
    jobs: [{ name: 'payer-sessions', everyMs: 5_000, run: () => endSessions({ db, staging, now }) }],
  };
}

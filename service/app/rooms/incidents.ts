import { decide, factsOf } from '../../autonomy/sessions/rules.ts';
import { lockSession, writeSession } from '../../autonomy/sessions/store.ts';
import { alertHandlers } from '../../boundaries/alerts/routes.ts';
import { runAlerts } from '../../boundaries/alerts/run.ts';
import { canaryHandlers } from '../../boundaries/canaries/routes.ts';
import { CanaryWatch } from '../../boundaries/canaries/watch.ts';
import type { Revocation } from '../../boundaries/containment/revoke.ts';
import { containmentHandlers } from '../../boundaries/containment/routes.ts';
import { runContainments } from '../../boundaries/containment/run.ts';
import { incidentHandlers } from '../../boundaries/incidents/routes.ts';
import { orderHandlers } from '../../boundaries/orders/routes.ts';
import { shiftHandlers } from '../../boundaries/shift/routes.ts';
import { createCommit, createMutate } from '../../identity/mutation.ts';
import { insertFreeze, readFreeze } from '../../treasury/freeze.store.ts';
import { freezeHandlers } from '../../treasury/freeze.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof alertHandlers> &
  ReturnType<typeof canaryHandlers> &
  ReturnType<typeof incidentHandlers> &
  ReturnType<typeof containmentHandlers> &
  ReturnType<typeof orderHandlers> &
  ReturnType<typeof shiftHandlers> &
  ReturnType<typeof freezeHandlers>;

/** The payer's own rules end its sessions; containment only asks for it. */
const revokePayerSession: Revocation['revokePayerSession'] = async (tx, id, { now, by, reason }) => {
  const row = await lockSession(tx, id);
  if (!row) return false;
  const verdict = decide(factsOf(row), { act: 'revoke' }, now);
  if (verdict.ok) await writeSession(tx, id, { next: verdict.next, at: now, by, reason });
  return verdict.ok;
};

export interface OpenedIncidents extends OpenedRoom<Answers> {
  readonly canaries: CanaryWatch;
}

/** What is noticed, what it belongs to, and what stops it: rules read the log by themselves, and orders are carried out. */
export function openIncidents({ db, staging, random, now }: RoomParts): OpenedIncidents {
  const mutate = createMutate(db, staging);
  const canaries = new CanaryWatch();
  const containing = { db, staging, now, revokePayerSession };
  return {
    canaries,
    handlers: {
      ...canaryHandlers({ db, mutate, random }),
      ...alertHandlers({ db, mutate }),
      ...incidentHandlers({ db, mutate, random }),
      ...containmentHandlers({ ...containing, mutate, random }),
      ...orderHandlers({
        ...{ ...containing, mutate, random, commit: createCommit(db, staging) },
        isFrozen: async (tx) => (await readFreeze(tx)) !== undefined,
        freeze: insertFreeze,
      }),
      ...shiftHandlers({ db, mutate, random }),
      ...freezeHandlers({ db, mutate }),
    },
    jobs: [
      { name: 'canaries', everyMs: 500, run: () => canaries.flush(db, staging, now()) },
      { name: 'alerts', everyMs: 500, run: () => runAlerts({ db, staging, random, now }) },
      { name: 'containments', everyMs: 200, run: () => runContainments(containing) },
    ],
  };
}

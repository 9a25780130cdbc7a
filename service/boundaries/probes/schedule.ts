import { makeId } from '../../../shared/ids/ids.ts';
import { type Database, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import { dueNow } from './rules.ts';
import { insertRound, lastScheduledAt, markRound, openRound, pruneRounds } from './store.ts';

export interface ScheduleDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  readonly startedAt: Date;
  random(bytes: number): Uint8Array;
  now(): Date;
}

const SYSTEM = { type: 'system', id: 'probes', name: null } as const;

/** Schedules the next round when it is time, and enters one that nobody ran. Several instances agree by the table. */
export const keepSchedule = ({ db, staging, startedAt, random, now }: ScheduleDeps): Promise<void> =>
  transact(db, async (tx) => {
    const at = now();
    const open = await openRound(tx);
    const due = dueNow({ open, last: await lastScheduledAt(tx), startedAt }, at);
    if (due === 'schedule')
      await insertRound(tx, {
        ...{ id: makeId('probeRound', random(10), at.getTime()), cause: 'schedule' },
        ...{ scheduled_by: SYSTEM.id, scheduled_at: at },
      });
    if (due !== 'miss' || !open) return;
    await markRound(tx, open.id, 'missed_at', at);
    await staging.stage(tx, {
      ...{ kind: 'probe.off_schedule', data: { roundId: open.id, what: 'missing' } },
      ...{ actor: SYSTEM, agent: null, requestId: null },
    });
  });

export const pruneHistory = ({ db }: Pick<ScheduleDeps, 'db'>): Promise<void> => pruneRounds(db.kysely);

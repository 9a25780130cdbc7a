import { PROBE_EMAILS } from '../../../shared/boundaries/probe-tenant.ts';
import type { Tx } from '../../db/database.ts';
import { ROUND_GRACE_MS } from '../probes/rules.ts';
import type { KnownProbes } from './expected.ts';

/** Who the probes are, and the rounds that they began at or after a time, or shortly before it. */
export async function readProbes(tx: Tx, since: number): Promise<KnownProbes> {
  const accounts = await tx
    .selectFrom('accounts')
    .select('id')
    .where('email', 'in', Object.values(PROBE_EMAILS))
    .execute();
  const rounds = await tx
    .selectFrom('probe_rounds')
    .select(['begun_at', 'finished_at', 'missed_at', 'scheduled_at'])
    .where('begun_at', 'is not', null)
    .where('scheduled_at', '>=', new Date(since - 2 * ROUND_GRACE_MS))
    .execute();
  return {
    accounts: new Set(accounts.map(({ id }) => id)),
    windows: rounds.flatMap(({ begun_at, finished_at, missed_at, scheduled_at }) => {
      if (begun_at === null) return [];
      // A round that has not ended ends by its grace, whether or not anybody has said so yet.
      const grace = scheduled_at.getTime() + ROUND_GRACE_MS;
      const ended = (finished_at ?? missed_at)?.getTime() ?? grace;
      return [{ from: begun_at.getTime(), until: Math.min(ended, grace) }];
    }),
  };
}

import type { Database, Tx } from '../../db/database.ts';
import { CHALLENGE_DEADLINE_MS, type ChallengeOutcome, SLOT_MS, slotOf, WINDOW_MS } from './rules.ts';

/** @returns whether it was the agent's first */
export async function insertFirstBeat(
  tx: Tx,
  agentId: string,
  nonceHash: Buffer,
  now: Date,
): Promise<boolean> {
  const rows = await tx
    .insertInto('agent_heartbeats')
    .values({ agent_id: agentId, nonce_hash: nonceHash, chain: 1, first_at: now, last_at: now })
    .onConflict((oc) => oc.column('agent_id').doNothing())
    .returning('agent_id')
    .execute();
  return rows.length > 0;
}

export async function lockBeat(tx: Tx, agentId: string) {
  const row = await tx
    .selectFrom('agent_heartbeats')
    .select(['nonce_hash', 'chain'])
    .where('agent_id', '=', agentId)
    .forUpdate()
    .executeTakeFirst();
  return row ? { nonceHash: row.nonce_hash, chain: row.chain } : null;
}

export const updateBeat = (
  tx: Tx,
  agentId: string,
  { nonceHash, chain, now }: { nonceHash: Buffer; chain: number; now: Date },
) =>
  tx
    .updateTable('agent_heartbeats')
    .set({ nonce_hash: nonceHash, chain, last_at: now })
    .where('agent_id', '=', agentId)
    .execute();

/** One more in its slot. */
export const countBeat = (tx: Tx, agentId: string, now: Date) =>
  tx
    .insertInto('heartbeat_slots')
    .values({ agent_id: agentId, slot: new Date(slotOf(now) * SLOT_MS), beats: 1 })
    .onConflict((oc) =>
      oc.constraint('heartbeat_slots_once').doUpdateSet((eb) => ({
        beats: eb('heartbeat_slots.beats', '+', 1),
      })),
    )
    .execute();

export const insertChallenge = (
  tx: Tx,
  { id, agentId, bytes, issuedAt }: { id: string; agentId: string; bytes: Buffer; issuedAt: Date },
) =>
  tx
    .insertInto('heartbeat_challenges')
    .values({ id, agent_id: agentId, challenge: bytes, issued_at: issuedAt })
    .execute();

export async function lockOpenChallenge(tx: Tx, agentId: string, id: string) {
  const row = await tx
    .selectFrom('heartbeat_challenges')
    .select(['challenge', 'issued_at'])
    .where('id', '=', id)
    .where('agent_id', '=', agentId)
    .where('outcome', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row ? { bytes: row.challenge, issuedAt: row.issued_at } : null;
}

export const closeChallenge = (tx: Tx, id: string, outcome: ChallengeOutcome, now: Date) =>
  tx.updateTable('heartbeat_challenges').set({ outcome, answered_at: now }).where('id', '=', id).execute();

/** What health is judged by: seven days, and of challenges those that are over. Null for an agent that has never beaten. */
export async function readHealthRows({ kysely }: Pick<Database, 'kysely'>, agentId: string, now: Date) {
  const from = new Date(now.getTime() - WINDOW_MS);
  const overdue = new Date(now.getTime() - CHALLENGE_DEADLINE_MS);
  const state = await kysely
    .selectFrom('agent_heartbeats')
    .select(['chain', 'first_at'])
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  if (!state) return null;
  const slots = await kysely
    .selectFrom('heartbeat_slots')
    .select(['slot', 'beats'])
    .where('agent_id', '=', agentId)
    .where('slot', '>', from)
    .execute();
  const challenges = await kysely
    .selectFrom('heartbeat_challenges')
    .select(['issued_at', 'answered_at', 'outcome'])
    .where('agent_id', '=', agentId)
    .where('issued_at', '>', from)
    .where((eb) => eb.or([eb('outcome', 'is not', null), eb('issued_at', '<', overdue)]))
    .execute();
  return {
    chain: state.chain,
    firstAt: state.first_at,
    slots: slots.map(({ slot }) => slotOf(slot)),
    heartbeats: slots.reduce((sum, { beats }) => sum + beats, 0),
    challenges: challenges.length,
    latenciesMs: challenges.flatMap(({ outcome, issued_at, answered_at }) =>
      outcome === 'passed' && answered_at ? [answered_at.getTime() - issued_at.getTime()] : [],
    ),
  };
}

/** Forgets what health no longer looks at. */
export async function purgeHeartbeats({ kysely }: Pick<Database, 'kysely'>, now: Date): Promise<void> {
  const before = new Date(now.getTime() - WINDOW_MS - SLOT_MS);
  await kysely.deleteFrom('heartbeat_slots').where('slot', '<', before).execute();
  await kysely.deleteFrom('heartbeat_challenges').where('issued_at', '<', before).execute();
}

import { sql } from 'kysely';
import type { Database } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export const listBeats = (db: Reader, limit: number) =>
  db
    .selectFrom('agent_heartbeats as b')
    .leftJoin('agents as a', 'a.id', 'b.agent_id')
    .select(['b.agent_id', 'a.name', 'b.chain', 'b.first_at', 'b.last_at'])
    .orderBy('b.last_at', 'desc')
    .orderBy('b.agent_id')
    .limit(limit)
    .execute();

export const readSlots = (db: Reader, agentIds: readonly string[], from: Date) =>
  db
    .selectFrom('heartbeat_slots')
    .select(['agent_id', 'slot', 'beats'])
    .where('agent_id', '=', sql<string>`ANY(${[...agentIds]}::text[])`)
    .where('slot', '>', from)
    .execute();

/** Challenges that are over: answered, or past their deadline. */
export const readChallenges = (
  db: Reader,
  agentIds: readonly string[],
  span: { from: Date; overdue: Date },
) =>
  db
    .selectFrom('heartbeat_challenges')
    .select(['agent_id', 'issued_at', 'answered_at', 'outcome'])
    .where('agent_id', '=', sql<string>`ANY(${[...agentIds]}::text[])`)
    .where('issued_at', '>', span.from)
    .where((eb) => eb.or([eb('outcome', 'is not', null), eb('issued_at', '<', span.overdue)]))
    .execute();

import { sql } from 'kysely';
import type { Flag } from '../../shared/market/draw.ts';
import type { Tx } from '../db/database.ts';
import type { Deed } from './behaviour.ts';
import type { FlagRow } from './rules.ts';
import type { Page, Reader } from './store.ts';

const columns = [
  'id',
  'agent',
  'other',
  'source',
  'reason',
  'evidence',
  'raised_at',
  'raised_by',
  'lifted_at',
  'lifted_why',
] as const;

/** Flags in force that name this agent, in either direction. */
export const flagsOf = (db: Reader, agentId: string): Promise<Flag[]> =>
  db
    .selectFrom('correlation_flags')
    .select(['id', 'agent', 'other'])
    .where('lifted_at', 'is', null)
    .where((eb) => eb.or([eb('agent', '=', agentId), eb('other', '=', agentId)]))
    .orderBy('id')
    .execute();

export function listFlags(db: Reader, { limit, before }: Page): Promise<FlagRow[]> {
  const query = db.selectFrom('correlation_flags').select(columns).orderBy('id', 'desc').limit(limit);
  return (before === undefined ? query : query.where('id', '<', before)).execute();
}

export const lockFlag = (tx: Tx, id: string): Promise<FlagRow | undefined> =>
  tx.selectFrom('correlation_flags').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export interface NewFlag {
  readonly id: string;
  readonly agent: string;
  readonly other: string;
  readonly source: 'manual' | 'behaviour';
  readonly reason: string;
  readonly evidence: Readonly<Record<string, number>> | null;
  readonly at: Date;
  readonly by: string;
}

/** @returns undefined when this flag is in force already */
export const insertFlag = (tx: Tx, flag: NewFlag): Promise<FlagRow | undefined> =>
  tx
    .insertInto('correlation_flags')
    .values({
      id: flag.id,
      agent: flag.agent,
      other: flag.other,
      source: flag.source,
      reason: flag.reason,
      evidence: flag.evidence === null ? null : JSON.stringify(flag.evidence),
      raised_at: flag.at,
      raised_by: flag.by,
    })
    .onConflict((oc) => oc.columns(['agent', 'other']).where('lifted_at', 'is', null).doNothing())
    .returning(columns)
    .executeTakeFirst();

export const liftFlag = (
  tx: Tx,
  id: string,
  lifted: { readonly at: Date; readonly by: string; readonly why: string },
): Promise<unknown> =>
  tx
    .updateTable('correlation_flags')
    .set({ lifted_at: lifted.at, lifted_by: lifted.by, lifted_why: lifted.why })
    .where('id', '=', id)
    .execute();

/** Agents that claimed, submitted or reviewed since then. */
export async function marketAgents(db: Reader, since: Date, limit: number) {
  const { rows } = await sql<{ id: string; owner_id: string | null }>`
    SELECT a.id, a.owner_id FROM agents a WHERE a.id IN (
      SELECT agent_id FROM bounty_claims WHERE claimed_at >= ${since}
      UNION SELECT reviewer FROM claim_reviews WHERE assigned_at >= ${since})
    ORDER BY a.id DESC LIMIT ${limit}`.execute(db);
  return rows;
}

/** The newest deeds of each agent, the oldest of them first. */
export async function deedsOf(
  db: Reader,
  agents: readonly string[],
  each: number,
): Promise<Map<string, Deed[]>> {
  const { rows } = await sql<{ agent: string; kind: string; at: Date }>`
    SELECT a.agent, d.kind, d.at FROM unnest(${[...agents]}::text[]) AS a (agent)
    CROSS JOIN LATERAL (
      SELECT kind, at, number FROM ledger_entries e WHERE e.agent = a.agent ORDER BY number DESC LIMIT ${each}
    ) AS d ORDER BY d.number`.execute(db);
  const deeds = new Map<string, Deed[]>(agents.map((agent) => [agent, []]));
  for (const { agent, kind, at } of rows) deeds.get(agent)?.push({ kind, at });
  return deeds;
}

/** Pairs that behaviour has flagged before, lifted or not: what a person has lifted is not raised again. */
export async function pairsFlaggedByBehaviour(db: Reader): Promise<Set<string>> {
  const rows = await db
    .selectFrom('correlation_flags')
    .select(['agent', 'other'])
    .where((eb) => eb.or([eb('source', '=', 'behaviour'), eb('lifted_at', 'is', null)]))
    .execute();
  return new Set(rows.map(({ agent, other }) => [agent, other].sort().join(' ')));
}

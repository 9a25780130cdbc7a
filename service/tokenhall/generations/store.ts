import { sql } from 'kysely';
import type { RoutingStep } from '../../../shared/http/tokenhall-admin.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { GenerationRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  'id',
  'key_id',
  'account_id',
  'agent_id',
  'model',
  'provider',
  'streamed',
  'state',
  'ended',
  'held_units',
  'cost_units',
  'loss_units',
  'usage',
  'input_tokens',
  'output_tokens',
  'trace',
  'started_at',
  'settled_at',
] as const;

export interface NewGeneration {
  readonly id: string;
  readonly keyId: string;
  readonly accountId: string | null;
  readonly agentId: string | null;
  readonly model: string;
  readonly provider: string;
  readonly streamed: boolean;
  readonly requestId: string;
  readonly held: bigint;
  readonly startedAt: Date;
  readonly expiresAt: Date;
}

export interface UnpaidEnd {
  readonly state: 'voided' | 'abandoned';
  readonly ended: string;
  readonly at: Date;
  readonly trace: readonly RoutingStep[];
}

/** Ends a generation that is held and costs nothing, and frees its part of the key's limit. @returns whether it was held */
export async function endUnpaid(tx: Tx, id: string, { state, ended, at, trace }: UnpaidEnd) {
  const { numUpdatedRows } = await tx
    .with('ended', (db) =>
      db
        .updateTable('generations')
        .set({ state, ended, settled_at: at, trace: JSON.stringify(trace) })
        .where('id', '=', id)
        .where('state', '=', 'held')
        .returning(['key_id', 'held_units']),
    )
    .updateTable('key_spend')
    .from('ended')
    .set({ held_units: sql<bigint>`key_spend.held_units - ended.held_units` })
    .whereRef('key_spend.key_id', '=', 'ended.key_id')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Generations that are still held though nobody can settle them any more, by the database's clock; each locked by whoever sees it
 * first.
 */
export const lockAbandoned = (tx: Tx, graceMs: number, limit: number): Promise<GenerationRow[]> =>
  tx
    .selectFrom('generations')
    .select(columns)
    .where('state', '=', 'held')
    .where('expires_at', '<', sql<Date>`now() - make_interval(secs => ${graceMs / 1000})`)
    .orderBy('expires_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();

export const readGeneration = (db: Reader, id: string, keyId: string): Promise<GenerationRow | undefined> =>
  db
    .selectFrom('generations')
    .select(columns)
    .where('id', '=', id)
    .where('key_id', '=', keyId)
    .executeTakeFirst();

export interface GenerationPage {
  readonly keyId: string | undefined;
  readonly before: string | undefined;
  readonly limit: number;
}

export function listGenerations(
  db: Reader,
  { keyId, before, limit }: GenerationPage,
): Promise<GenerationRow[]> {
  let query = db.selectFrom('generations').select(columns).orderBy('id', 'desc').limit(limit);
  if (keyId !== undefined) query = query.where('key_id', '=', keyId);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.execute();
}

/** A key as its holder may see it, with what it has spent. */
export const readSpender = (db: Reader, keyId: string) =>
  db
    .selectFrom('api_keys')
    .leftJoin('key_spend', 'key_spend.key_id', 'api_keys.id')
    .select([
      'id',
      'label',
      'display_prefix',
      'requests_per_minute',
      'created_at',
      'agent_id',
      'expires_at',
      'spend_limit',
      'spent_units',
      'held_units',
    ])
    .where('id', '=', keyId)
    .executeTakeFirst();

/** Keys that have ever spent or held, those with the most spent first. */
export const readSpenders = (db: Reader, limit: number) =>
  db
    .selectFrom('key_spend')
    .innerJoin('api_keys', 'api_keys.id', 'key_spend.key_id')
    .select(['key_id', 'label', 'display_prefix', 'spend_limit', 'spent_units', 'held_units'])
    .orderBy('spent_units', 'desc')
    .limit(limit)
    .execute();

/** What these keys spent since then, by key and by steps of so many seconds. */
export const readSpending = (db: Reader, keyIds: readonly string[], since: Date, stepSeconds: number) =>
  db
    .selectFrom('generations')
    .select([
      'key_id',
      sql<string>`floor(extract(epoch FROM settled_at) / ${sql.lit(stepSeconds)})::bigint`.as('step'),
      sql<string>`sum(cost_units)::bigint`.as('units'),
    ])
    .where('state', '=', 'settled')
    .where('settled_at', '>=', since)
    .where('key_id', 'in', [...keyIds])
    .groupBy(['key_id', 'step'])
    .execute();

import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';
import type { NewGeneration, UnpaidEnd } from './store.ts';

/** What a key may still hold; null for one without a limit. */
export type Room = bigint | null;

const spends = (tx: Tx, keyIds: readonly string[]) =>
  tx
    .selectFrom('key_spend')
    .innerJoin('api_keys', 'api_keys.id', 'key_spend.key_id')
    .select(['key_id', 'spend_limit', 'spent_units', 'held_units', sql<Date>`now()`.as('at')])
    .where('key_id', '=', sql<string>`ANY(${[...keyIds]}::text[])`)
    .orderBy('key_id')
    .forNoKeyUpdate('key_spend')
    .execute();

/**
 * Locks the rows that count what keys spend, in the order of their ids, and makes those of keys that never spent.
 * @returns the room that each has below its limit, and what time it is for the database
 */
export async function lockKeys(
  tx: Tx,
  keyIds: readonly string[],
): Promise<{ readonly rooms: Map<string, Room>; readonly at: Date }> {
  const ids = [...new Set(keyIds)].sort();
  let rows = await spends(tx, ids);
  if (rows.length < ids.length) {
    await tx
      .insertInto('key_spend')
      .values(ids.map((key_id) => ({ key_id })))
      .onConflict((oc) => oc.column('key_id').doNothing())
      .execute();
    rows = await spends(tx, ids);
  }
  const rooms = new Map(
    rows.map(({ key_id, spend_limit, spent_units, held_units }) => {
      const used = BigInt(spent_units) + BigInt(held_units);
      return [key_id, spend_limit === null ? null : BigInt(spend_limit) - used];
    }),
  );
  return { rooms, at: rows[0]?.at ?? new Date(Number.NaN) };
}

/** Counts the holds against their keys' limits and enters the generations, in one statement. The keys are locked. */
export async function insertGenerations(tx: Tx, generations: readonly NewGeneration[]): Promise<void> {
  const column = <K extends keyof NewGeneration>(name: K): NewGeneration[K][] =>
    generations.map((one) => one[name]);
  await sql`
    WITH given AS (
      SELECT * FROM unnest(${column('id')}::text[], ${column('keyId')}::text[], ${column('accountId')}::text[],
        ${column('agentId')}::text[], ${column('model')}::text[], ${column('provider')}::text[],
        ${column('streamed')}::boolean[], ${column('requestId')}::text[], ${column('held')}::bigint[],
        ${column('startedAt')}::timestamptz[], ${column('expiresAt')}::timestamptz[])
        AS g (id, key_id, account_id, agent_id, model, provider, streamed, request_id, held_units, started_at, expires_at)
    ), counted AS (
      UPDATE key_spend SET held_units = key_spend.held_units + of_key.units
      FROM (SELECT key_id, sum(held_units)::bigint AS units FROM given GROUP BY key_id) AS of_key
      WHERE key_spend.key_id = of_key.key_id
    )
    INSERT INTO generations (id, key_id, account_id, agent_id, model, provider, streamed, request_id, held_units,
      started_at, expires_at)
    SELECT * FROM given`.execute(tx);
}

export interface PaidEnd extends Omit<UnpaidEnd, 'state'> {
  readonly id: string;
  readonly bill: {
    readonly cost: bigint;
    readonly loss: bigint;
    readonly usage: 'reported' | 'measured';
    readonly input: number;
    readonly output: number;
  };
}

/**
 * Writes the usage of generations that are held and frees their part of their keys' limits, in one statement. The keys are
 * locked. @returns those that were held
 */
export async function settleGenerations(tx: Tx, ends: readonly PaidEnd[]): Promise<Set<string>> {
  const column = <T>(of: (end: PaidEnd) => T): T[] => ends.map(of);
  const { rows } = await sql<{ id: string }>`
    WITH given AS (
      SELECT * FROM unnest(${column(({ id }) => id)}::text[], ${column(({ ended }) => ended)}::text[],
        ${column(({ at }) => at)}::timestamptz[], ${column(({ trace }) => JSON.stringify(trace))}::jsonb[],
        ${column(({ bill }) => bill.cost)}::bigint[], ${column(({ bill }) => bill.loss)}::bigint[],
        ${column(({ bill }) => bill.usage)}::text[], ${column(({ bill }) => bill.input)}::bigint[],
        ${column(({ bill }) => bill.output)}::bigint[])
        AS g (id, ended, at, trace, cost, loss, usage, input, output)
    ), settled AS (
      UPDATE generations SET state = 'settled', ended = given.ended, settled_at = given.at, trace = given.trace,
        cost_units = given.cost, loss_units = given.loss, usage = given.usage,
        input_tokens = given.input, output_tokens = given.output
      FROM given WHERE generations.id = given.id AND generations.state = 'held'
      RETURNING generations.id, generations.key_id, generations.held_units, generations.cost_units
    ), freed AS (
      UPDATE key_spend SET held_units = key_spend.held_units - of_key.held,
        spent_units = key_spend.spent_units + of_key.cost
      FROM (SELECT key_id, sum(held_units)::bigint AS held, sum(cost_units)::bigint AS cost
        FROM settled GROUP BY key_id) AS of_key
      WHERE key_spend.key_id = of_key.key_id
    )
    SELECT id FROM settled`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { SaltedRow } from './seal.ts';

/**
 * Stages entries in one statement, which reads the same whatever their number; they arrive in the order of the list.
 */
export async function insertStaged(tx: Tx, rows: readonly SaltedRow[]): Promise<void> {
  const column = <K extends keyof SaltedRow>(name: K): SaltedRow[K][] => rows.map((row) => row[name]);
  await sql`
    WITH given AS (
      SELECT * FROM unnest(${column('id')}::text[], ${column('kind')}::text[], ${column('at')}::timestamptz[],
        ${column('actor_type')}::text[], ${column('actor_id')}::text[], ${column('actor_name')}::text[],
        ${column('agent')}::text[], ${column('request_id')}::text[], ${column('data')}::text[],
        ${column('leaf')}::text[], ${column('mac')}::bytea[], ${column('salts')}::bytea[]) WITH ORDINALITY
        AS g (id, kind, at, actor_type, actor_id, actor_name, agent, request_id, data, leaf, mac, salts, place)
    ), salted AS (
      INSERT INTO ledger_salts (entry_id, salts) SELECT id, salts FROM given
    )
    INSERT INTO ledger_staged (id, kind, at, actor_type, actor_id, actor_name, agent, request_id, data, leaf, mac)
    SELECT id, kind, at, actor_type, actor_id, actor_name, agent, request_id, data, leaf, mac
    FROM given ORDER BY place`.execute(tx);
}

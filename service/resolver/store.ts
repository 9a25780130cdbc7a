import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { SaltedRow } from '../ledger/seal.ts';
import type { FoundToken } from './rules.ts';
import type { Batch } from './telemetry.ts';

type Db = Pick<Database, 'kysely'>;

const COLUMNS = [
  'code_hash',
  'id',
  'brand_id',
  'brand',
  'serial',
  'activation',
  'state',
  'activated_at',
  'product',
] as const;

interface TokenRow extends Pick<FoundToken, 'id' | 'brand' | 'serial' | 'activation' | 'state' | 'product'> {
  readonly code_hash: Buffer;
  readonly brand_id: string;
  readonly activated_at: Date | null;
}

const foundOf = (row: TokenRow): FoundToken => ({
  ...{ id: row.id, brandId: row.brand_id, brand: row.brand, serial: row.serial },
  ...{ activation: row.activation, state: row.state, activatedAt: row.activated_at, product: row.product },
});

/** @returns the tokens of these code hashes, by the hash in hex */
export async function findTokens(
  { kysely }: Db,
  hashes: readonly Buffer[],
): Promise<Map<string, FoundToken>> {
  const rows = await kysely
    .selectFrom('scan_tokens')
    .select(COLUMNS)
    .where(sql<boolean>`code_hash = ANY(${hashes}::bytea[])`)
    .execute();
  return new Map(rows.map((row) => [row.code_hash.toString('hex'), foundOf(row)]));
}

/** @returns the token, unless none or several brands have it */
export async function findSerial({ kysely }: Db, gtin: string, serial: string): Promise<FoundToken | null> {
  const rows = await kysely
    .selectFrom('scan_tokens')
    .select(COLUMNS)
    .where('gtin', '=', gtin)
    .where('serial', '=', serial)
    .limit(2)
    .execute();
  const [row] = rows;
  return row && rows.length === 1 ? foundOf(row) : null;
}

/** The entry as the two functions take it: kind and actor are theirs to say. */
const entryOf = ({ id, at, data, leaf, mac, salts }: SaltedRow) =>
  sql`${id}::text, ${at}::timestamptz, ${data}::text, ${leaf}::text, ${mac}::bytea, ${salts}::bytea`;

/**
 * Activates a token that waits for its first scan, and stages the entry that tells it.
 * @returns whether this call did; of many at once exactly one does
 */
export async function activateToken({ kysely }: Db, codeHash: Buffer, entry: SaltedRow): Promise<boolean> {
  const { rows } = await sql<{ activated: boolean }>`
    SELECT scan_activate(${codeHash}::bytea, ${entryOf(entry)}) AS activated`.execute(kysely);
  return rows[0]?.activated === true;
}

/** Writes scans and counts, and stages the entry that tells how many. */
export async function recordScans({ kysely }: Db, { scans, passed, entry }: Batch): Promise<void> {
  const of = <T, K extends keyof T>(list: readonly T[], name: K): T[K][] => list.map((one) => one[name]);
  await sql`
    SELECT scan_record(
      ${of(scans, 'token')}::text[], ${of(scans, 'hour')}::timestamptz[], ${of(scans, 'network')}::cidr[],
      ${of(scans, 'region')}::text[], ${of(scans, 'device')}::text[], ${of(passed, 'brand')}::text[],
      ${of(passed, 'hour')}::timestamptz[], ${of(passed, 'kind')}::text[], ${of(passed, 'count')}::bigint[],
      ${entryOf(entry)})`.execute(kysely);
}

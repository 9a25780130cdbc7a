import { sql } from 'kysely';
import type { DeviceClass, Region } from '../../../shared/http/scans.ts';
import type { Database } from '../../db/database.ts';

type Db = Pick<Database, 'kysely'>;

export interface Period {
  readonly brand: string | null;
  readonly from: Date;
  readonly unit: 'hour' | 'day';
}

export interface Crossing {
  readonly at: Date;
  readonly region: Region;
  readonly device: DeviceClass;
  readonly scans: string;
}

const ofBrand = (brand: string | null) => (brand === null ? sql`true` : sql`brand_id = ${brand}`);

/** Scans by time, region and device class: at most a few rows an hour. */
export async function countScans({ kysely }: Db, { brand, from, unit }: Period): Promise<Crossing[]> {
  const { rows } = await sql<Crossing>`
    SELECT date_trunc(${unit}, hour, 'UTC') AS at, region, device, count(*) AS scans
    FROM scans WHERE hour >= ${from} AND ${ofBrand(brand)} GROUP BY 1, 2, 3`.execute(kysely);
  return rows;
}

export interface Passers {
  readonly at: Date;
  readonly kind: 'bot' | 'preview';
  readonly count: string;
}

export async function countPassers({ kysely }: Db, { brand, from, unit }: Period): Promise<Passers[]> {
  const { rows } = await sql<Passers>`
    SELECT date_trunc(${unit}, hour, 'UTC') AS at, kind, sum(count)::bigint AS count
    FROM scan_passers WHERE hour >= ${from} AND ${ofBrand(brand)} GROUP BY 1, 2`.execute(kysely);
  return rows;
}

export interface Activations {
  readonly at: Date;
  readonly count: string;
}

export async function countActivations(
  { kysely }: Db,
  { brand, from, unit }: Period,
): Promise<Activations[]> {
  const { rows } = await sql<Activations>`
    SELECT date_trunc(${unit}, activated_at, 'UTC') AS at, count(*) AS count FROM mint_tokens
    WHERE activation = 'first_scan' AND activated_at >= ${from} AND ${ofBrand(brand)} GROUP BY 1`.execute(
    kysely,
  );
  return rows;
}

export interface Funnel {
  readonly minted: string;
  readonly scanned: string;
  readonly activated: string;
  readonly voided: string;
}

/** Of tokens that wait for their first scan. A scan that was forgotten since counts no more; the activation that it made does. */
export async function countFunnel({ kysely }: Db, brand: string | null): Promise<Funnel> {
  const { rows } = await sql<Funnel>`
    SELECT count(*) AS minted, count(*) FILTER (WHERE activated_at IS NOT NULL) AS activated,
           count(*) FILTER (WHERE state = 'voided') AS voided,
           count(*) FILTER (WHERE activated_at IS NOT NULL OR id IN (SELECT token_id FROM scans WHERE ${ofBrand(brand)})) AS scanned
    FROM mint_tokens WHERE activation = 'first_scan' AND ${ofBrand(brand)}`.execute(kysely);
  return rows[0] ?? { minted: '0', scanned: '0', activated: '0', voided: '0' };
}

/** Brands that can be chosen, by name. */
export const listBrands = ({ kysely }: Db): Promise<{ id: string; name: string }[]> =>
  kysely.selectFrom('brands').select(['id', 'name']).orderBy('name').orderBy('id').limit(500).execute();

/** Rows of one statement: it ends well before its time limit, and autovacuum keeps up. */
const FORGOTTEN_AT_ONCE = 20_000;

/** Forgets what is older. @returns whether there may be more of it */
export async function forgetScans({ kysely }: Db, before: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    DELETE FROM scans WHERE number IN
      (SELECT number FROM scans WHERE hour < ${before} LIMIT ${FORGOTTEN_AT_ONCE})`.execute(kysely);
  await kysely.deleteFrom('scan_passers').where('hour', '<', before).execute();
  return numAffectedRows === BigInt(FORGOTTEN_AT_ONCE);
}

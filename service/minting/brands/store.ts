import { sql } from 'kysely';
import type { BrandRole } from '../../../shared/http/minting.ts';
import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export interface BrandRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly role: BrandRole;
}

export interface MemberRow {
  readonly account_id: string;
  readonly role: BrandRole;
  readonly added_at: Date;
}

const brandsOf = (db: Reader, accountId: string) =>
  db
    .selectFrom('brand_members as m')
    .innerJoin('brands as b', 'b.id', 'm.brand_id')
    .select(['b.id', 'b.name', 'b.created_at', 'm.role'])
    .where('m.account_id', '=', accountId);

/** The brand as this member sees it; nothing for anybody else. */
export const readBrand = (db: Reader, id: string, accountId: string): Promise<BrandRow | undefined> =>
  brandsOf(db, accountId).where('b.id', '=', id).executeTakeFirst();

export interface BrandPage {
  readonly before: string | undefined;
  readonly limit: number;
}

export function listBrands(db: Reader, accountId: string, { before, limit }: BrandPage): Promise<BrandRow[]> {
  const page = brandsOf(db, accountId).orderBy('b.id', 'desc').limit(limit);
  return (before === undefined ? page : page.where('b.id', '<', before)).execute();
}

/** Members act on their brand one after the other: who comes second decides on what the first one left. */
export const lockBrand = (tx: Tx, id: string) =>
  tx.selectFrom('brands').select('id').where('id', '=', id).forUpdate().executeTakeFirst();

export async function insertBrand(
  tx: Tx,
  brand: { id: string; name: string; created_at: Date },
): Promise<void> {
  await tx.insertInto('brands').values(brand).execute();
}

export const listMembers = (db: Reader, brandId: string): Promise<MemberRow[]> =>
  db
    .selectFrom('brand_members')
    .select(['account_id', 'role', 'added_at'])
    .where('brand_id', '=', brandId)
    .orderBy('added_at')
    .orderBy('account_id')
    .execute();

export const readMember = (db: Reader, brandId: string, accountId: string): Promise<MemberRow | undefined> =>
  db
    .selectFrom('brand_members')
    .select(['account_id', 'role', 'added_at'])
    .where('brand_id', '=', brandId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();

export interface NewMember {
  readonly brandId: string;
  readonly accountId: string;
  readonly role: BrandRole;
  readonly at: Date;
}

export async function insertMember(tx: Tx, { brandId, accountId, role, at }: NewMember): Promise<void> {
  await tx
    .insertInto('brand_members')
    .values({ brand_id: brandId, account_id: accountId, role, added_at: at })
    .execute();
}

export async function writeRole(tx: Tx, brandId: string, accountId: string, role: BrandRole): Promise<void> {
  await tx
    .updateTable('brand_members')
    .set({ role })
    .where('brand_id', '=', brandId)
    .where('account_id', '=', accountId)
    .execute();
}

export async function deleteMember(tx: Tx, brandId: string, accountId: string): Promise<void> {
  await tx
    .deleteFrom('brand_members')
    .where('brand_id', '=', brandId)
    .where('account_id', '=', accountId)
    .execute();
}

export interface LookupAttempt {
  readonly accountId: string;
  readonly now: Date;
  /** Attempts within an hour. */
  readonly limit: number;
}

const counting = (now: Date) =>
  sql`ARRAY(SELECT m FROM unnest(l.moments) AS m WHERE m > ${now}::timestamptz - interval '1 hour' ORDER BY m)`;

/** Counts an attempt unless there were too many; of attempts at once, which meet at the row, as many pass as may. @returns whether it passes */
export async function takeLookup(db: Reader, { accountId, now, limit }: LookupAttempt): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO member_lookups AS l (account_id, moments) VALUES (${accountId}, ARRAY[${now}::timestamptz])
    ON CONFLICT (account_id) DO UPDATE SET moments = array_append(${counting(now)}, ${now}::timestamptz)
    WHERE cardinality(${counting(now)}) < ${limit}`.execute(db);
  return numAffectedRows === 1n;
}

/** How long until the oldest attempt that counts no longer does. */
export async function secondsUntilLookup(db: Reader, { accountId, now }: LookupAttempt): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    SELECT greatest(1, ceil(extract(epoch FROM (${counting(now)})[1] + interval '1 hour' - ${now}::timestamptz)))::int AS seconds
    FROM member_lookups l WHERE l.account_id = ${accountId}`.execute(db);
  return rows[0]?.seconds ?? 1;
}

import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';

const brandsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('brands')
    .select(['id', 'name'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyBrand = (tx: Tx) => everyRow((after) => brandsAfter(tx, after));

interface MembershipRow {
  /** Brand and account, with a space between. */
  readonly id: string;
  readonly role: string;
}

async function membersAfter(tx: Tx, after: string): Promise<MembershipRow[]> {
  const [brand = '', account = ''] = after.split(' ');
  const { rows } = await sql<MembershipRow>`
    SELECT brand_id || ' ' || account_id AS id, role FROM brand_members
    WHERE (brand_id, account_id) > (${brand}, ${account})
    ORDER BY brand_id, account_id LIMIT ${EVERY_ROW_PAGE}`.execute(tx);
  return rows;
}

export const everyMember = (tx: Tx) => everyRow((after) => membersAfter(tx, after));

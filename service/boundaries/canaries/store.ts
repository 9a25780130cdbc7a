import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = ['id', 'label', 'display_prefix', 'planted_at', 'planted_by', 'last_used_at'] as const;
const LISTED = 500;

export interface CanaryRow {
  readonly id: string;
  readonly label: string;
  readonly display_prefix: string;
  readonly planted_at: Date;
  readonly planted_by: string;
  readonly last_used_at: Date | null;
}

export const listCanaries = (db: Reader): Promise<CanaryRow[]> =>
  db.selectFrom('canaries').select(columns).orderBy('id', 'desc').limit(LISTED).execute();

/** Which of these hashes are of planted secrets. */
export const findCanaries = (db: Reader, hashes: readonly Buffer[]) =>
  db
    .selectFrom('canaries')
    .select(['id', 'label', 'secret_hash'])
    .where('secret_hash', 'in', [...hashes])
    .execute();

export const insertCanary = (
  tx: Tx,
  row: Omit<CanaryRow, 'last_used_at'> & { readonly secret_hash: Buffer },
): Promise<CanaryRow> => tx.insertInto('canaries').values(row).returning(columns).executeTakeFirstOrThrow();

export const markUsed = (tx: Tx, id: string, at: Date): Promise<unknown> =>
  tx.updateTable('canaries').set({ last_used_at: at }).where('id', '=', id).execute();

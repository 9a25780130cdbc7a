import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';

const accountsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('accounts')
    .select(['id', 'role'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyAccount = (tx: Tx) => everyRow((after) => accountsAfter(tx, after));

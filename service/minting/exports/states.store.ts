import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';

const exportsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('mint_exports')
    .select(['id', 'brand_id', 'job_id', 'format', 'first', 'rows', 'requested_by'])
    .select(['state', 'problem', 'bytes', 'sha256'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyExport = (tx: Tx) => everyRow((after) => exportsAfter(tx, after));

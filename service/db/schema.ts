import type { LedgerTables } from './tables/ledger.ts';

/** Every table, one file per room in `tables/`. Constraints and grants are in the migration that makes the table. */
export interface Schema extends LedgerTables {}

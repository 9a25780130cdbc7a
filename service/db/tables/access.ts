import type { ColumnType } from 'kysely';

/** Written once. */
type Fixed<T> = ColumnType<T, T, never>;

export interface AccessReviewsTable {
  id: Fixed<string>;
  at: Fixed<Date>;
  operator_id: Fixed<string>;
  name: Fixed<string>;
  key_id: Fixed<string>;
  digest: Fixed<Buffer>;
  row_count: Fixed<number>;
  /** JCS of the rows: what the digest is of. */
  reviewed: Fixed<string>;
}

export interface AccessTables {
  access_reviews: AccessReviewsTable;
}

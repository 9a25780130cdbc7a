import type { ColumnType } from 'kysely';

export interface RefusalSignalsTable {
  minute: ColumnType<Date, Date, never>;
  kind: 'auth' | 'limit';
  reason: string;
  plane: 'public' | 'admin';
  /** `bigint`, which arrives as a decimal string. */
  count: ColumnType<string, number, number>;
  subjects: ColumnType<string, number, number>;
}

export interface LimitsTables {
  refusal_signals: RefusalSignalsTable;
}

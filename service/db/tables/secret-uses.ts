import type { ColumnType } from 'kysely';

/** Written once. */
type Fixed<T> = ColumnType<T, T, never>;

export interface SecretUsesTables {
  secret_uses: {
    key_id: Fixed<string>;
    id: Fixed<string>;
    used_at: Fixed<Date>;
    entered_at: Fixed<Date>;
  };
}

import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';

const secretsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('provider_secrets')
    .select(['id', 'provider', 'scope', 'tenant', 'fingerprint', 'revision'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everySecret = (tx: Tx) => everyRow((after) => secretsAfter(tx, after));

const preferencesAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('provider_secret_preferences')
    .select(['account_id as id', 'always_mine'])
    .where('account_id', '>', after)
    .orderBy('account_id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyPreference = (tx: Tx) => everyRow((after) => preferencesAfter(tx, after));

export const everySecretRoot = (tx: Tx) =>
  tx.selectFrom('secret_roots').select(['version', 'superseded_at', 'retired_at']).execute();

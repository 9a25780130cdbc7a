import type { Tx } from '../db/database.ts';

/** All of these are few: a row for each rotation, restore and console. */

export const everyLedgerKey = (tx: Tx) =>
  tx
    .selectFrom('ledger_keys')
    .select(['version', 'public_key', 'from_size', 'until_size', 'retires_at'])
    .orderBy('version')
    .execute();

export const everyEpoch = (tx: Tx) =>
  tx.selectFrom('ledger_epochs').select(['epoch', 'from_size', 'witnessed_size', 'witnessed_root']).execute();

export const everyWitness = (tx: Tx) =>
  tx.selectFrom('ledger_witnesses').select(['key', 'name', 'registered_by']).execute();

import type { Tx } from '../db/database.ts';

const PAGE = 2000;

/** Reads a table to its end, a page at a time: no single statement grows with it. */
async function everyPage<Row>(
  page: (after: string) => Promise<Row[]>,
  keyOf: (row: Row) => string,
): Promise<Row[]> {
  const all: Row[] = [];
  for (let after = ''; ; ) {
    const rows = await page(after);
    for (const row of rows) all.push(row);
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return all;
    after = keyOf(last);
  }
}

export const readWallets = (tx: Tx) =>
  everyPage(
    (after) =>
      tx
        .selectFrom('wallets')
        .select(['address', 'posted', 'held', 'freeze_id', 'frozen_by', 'freeze_reason'])
        .where('address', '>', after)
        .orderBy('address')
        .limit(PAGE)
        .execute(),
    ({ address }) => address,
  );

export const readHolds = (tx: Tx) =>
  everyPage(
    (after) =>
      tx
        .selectFrom('holds')
        .select(['id', 'wallet', 'units', 'purpose', 'reference', 'expires_at'])
        .select(['state', 'posted_units', 'transfer_id', 'reason'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE)
        .execute(),
    ({ id }) => id,
  );

export const readTransfers = (tx: Tx) =>
  everyPage(
    (after) =>
      tx
        .selectFrom('transfers')
        .select(['id', 'from_wallet', 'to_wallet', 'units'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE)
        .execute(),
    ({ id }) => id,
  );

/** Every freeze there was; they are few. */
export const everyFreeze = (tx: Tx) =>
  tx
    .selectFrom('spending_freezes')
    .select(['id', 'frozen_by', 'reason', 'lifted_by', 'lift_reason'])
    .execute();

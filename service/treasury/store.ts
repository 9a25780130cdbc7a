import { sql } from 'kysely';
import type { TransferKind } from '../../shared/http/treasury.ts';
import type { Database, Tx } from '../db/database.ts';
import { type Balance, balanceFrom, type LockedWallet, type TransferRow } from './rules.ts';

export type Reader = Pick<Database, 'kysely'>['kysely'];

/** @returns undefined when nobody has this address */
export async function readBalance(db: Reader, address: string): Promise<Balance | undefined> {
  const row = await db
    .selectFrom('wallets')
    .select(['posted', 'held'])
    .where('address', '=', address)
    .executeTakeFirst();
  return row && balanceFrom(row);
}

/** The wallets that exist, locked until the transaction ends, one after the other in the order of `lockOrder`. */
export async function lockWallets(tx: Tx, addresses: readonly string[]): Promise<Map<string, LockedWallet>> {
  const rows = await tx
    .selectFrom('wallets')
    .select(['address', 'posted', 'held', 'freeze_id'])
    .where('address', 'in', [...addresses])
    .orderBy('address', 'desc')
    .forNoKeyUpdate()
    .execute();
  return new Map(rows.map((row) => [row.address, { ...balanceFrom(row), frozen: row.freeze_id !== null }]));
}

export interface NewHold {
  readonly id: string;
  readonly wallet: string;
  readonly units: bigint;
  readonly purpose: string;
  readonly reference: string;
  readonly expiresAt: Date;
}

export interface OpenHold {
  readonly wallet: string;
  readonly units: bigint;
  readonly state: 'pending' | 'posted' | 'voided' | 'expired';
}

/** The hold, locked: whoever comes second finds it ended. Holds are locked before wallets. */
export async function lockHold(tx: Tx, id: string): Promise<OpenHold | undefined> {
  const row = await tx
    .selectFrom('holds')
    .select(['wallet', 'units', 'state'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && { ...row, units: BigInt(row.units) };
}

/** Voids a pending hold. @returns whether it was pending */
export async function voidPending(tx: Tx, id: string, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('holds')
    .set({ state: 'voided', ended_at: sql<Date>`now()`, reason })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface NewTransfer {
  readonly id: string;
  readonly kind: TransferKind;
  readonly from: string;
  readonly to: string;
  readonly units: bigint;
  readonly memo?: string | null;
  readonly reference?: string | null;
  readonly holdId?: string | null;
  readonly entryId: string;
  readonly request?: { readonly scope: string; readonly key: string; readonly hash: Buffer };
}

/**
 * Enters a transfer with its two postings in one statement; the database applies them to the balances. The posting of the
 * wallet that is locked first comes first.
 */
export async function insertTransfer(tx: Tx, transfer: NewTransfer): Promise<void> {
  const { id: transfer_id, units, from, to } = transfer;
  const postings = [
    { transfer_id, wallet: from, units: -units },
    { transfer_id, wallet: to, units },
  ];
  await tx
    .with('entered', (db) =>
      db.insertInto('transfers').values({
        id: transfer_id,
        kind: transfer.kind,
        from_wallet: from,
        to_wallet: to,
        units,
        memo: transfer.memo ?? null,
        reference: transfer.reference ?? null,
        hold_id: transfer.holdId ?? null,
        request_scope: transfer.request?.scope ?? null,
        request_key: transfer.request?.key ?? null,
        request_hash: transfer.request?.hash ?? null,
        entry_id: transfer.entryId,
      }),
    )
    .insertInto('postings')
    .values(from > to ? postings : postings.reverse())
    .execute();
}

/** A transfer as it was entered, with its ledger entry. */
export const readTransfer = (
  tx: Tx,
  id: string,
): Promise<TransferRow & { readonly entry_id: string | null }> =>
  tx
    .selectFrom('transfers')
    .select(['id', 'kind', 'from_wallet', 'to_wallet', 'units', 'memo', 'at', 'entry_id'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

interface RequestName {
  readonly scope: string;
  readonly key: string;
}

/**
 * Lets one transaction at a time look for what a request made. Only a courtesy to whoever sends twice at once: that nothing is
 * done twice is the constraint `transfers_once_per_key`.
 * @returns false while another one is in flight
 */
export async function claimRequest(tx: Tx, { scope, key }: RequestName): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`${scope} ${key}`}, 4)) AS mine`.execute(tx);
  return rows[0]?.mine === true;
}

/** What this request made before. */
export async function findRequested(
  tx: Tx,
  { scope, key }: RequestName,
): Promise<{ readonly id: string; readonly request_hash: Buffer } | undefined> {
  const row = await tx
    .selectFrom('transfers')
    .select(['id', 'request_hash'])
    .where('request_scope', '=', scope)
    .where('request_key', '=', key)
    .executeTakeFirst();
  return row && { id: row.id, request_hash: row.request_hash ?? Buffer.alloc(0) };
}

/** Pending holds whose time is over by the database's clock, the most overdue first. */
export async function dueHolds(db: Reader, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('holds')
    .select('id')
    .where('state', '=', 'pending')
    .where('expires_at', '<=', sql<Date>`now()`)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Expires the hold if it is still pending and nobody else has it in hand. */
export const expireHold = (tx: Tx, id: string) =>
  tx
    .updateTable('holds')
    .set({ state: 'expired', ended_at: sql<Date>`now()` })
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('holds as h')
        .select('h.id')
        .where('h.id', '=', id)
        .where('h.state', '=', 'pending')
        .where('h.expires_at', '<=', sql<Date>`now()`)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['wallet', 'units'])
    .executeTakeFirst();

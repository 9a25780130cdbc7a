import type { ColumnType } from 'kysely';
import type { HoldState, TransferKind } from '../../../shared/http/treasury.ts';

/** A bigint of units: the driver reads it as text, so nothing on its way is a float. */
type Units = ColumnType<string, bigint, never>;
type DefaultInstant = ColumnType<Date, never, never>;

export interface WalletsTable {
  address: ColumnType<string, never, never>;
  account_id: ColumnType<string | null, never, never>;
  agent_id: ColumnType<string | null, never, never>;
  posted: ColumnType<string, never, never>;
  held: ColumnType<string, never, never>;
  created_at: DefaultInstant;
  freeze_id: ColumnType<string | null, never, string | null>;
  frozen_at: ColumnType<Date | null, never, Date | null>;
  frozen_by: ColumnType<string | null, never, string | null>;
  freeze_reason: ColumnType<string | null, never, string | null>;
}

export interface HoldsTable {
  id: string;
  wallet: string;
  units: Units;
  purpose: string;
  reference: string;
  state: ColumnType<HoldState, never, HoldState>;
  opened_at: DefaultInstant;
  expires_at: ColumnType<Date, Date, never>;
  ended_at: ColumnType<Date | null, never, Date>;
  posted_units: ColumnType<string | null, never, bigint>;
  transfer_id: ColumnType<string | null, never, string | null>;
  reason: ColumnType<string | null, never, string>;
}

export interface TransfersTable {
  id: string;
  kind: TransferKind;
  from_wallet: string;
  to_wallet: string;
  units: Units;
  memo: string | null;
  reference: string | null;
  hold_id: string | null;
  request_scope: string | null;
  request_key: string | null;
  request_hash: Buffer | null;
  entry_id: string | null;
  at: DefaultInstant;
}

export interface PostingsTable {
  number: ColumnType<string, never, never>;
  transfer_id: string;
  wallet: string;
  units: Units;
}

export interface TreasuryTables {
  wallets: WalletsTable;
  holds: HoldsTable;
  transfers: TransfersTable;
  postings: PostingsTable;
}

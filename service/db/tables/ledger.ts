import type { ColumnType, Generated } from 'kysely';

/** Written as an ISO string, read as a Date; PostgreSQL keeps milliseconds (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date | string, never>;

/** `bigint` arrives as a decimal string; numbers of entries stay far below 2^53. */
type Count = ColumnType<string, number | string, number | string>;

interface EntryContent {
  id: string;
  kind: string;
  at: Instant;
  actor_type: string;
  actor_id: string;
  actor_name: string | null;
  agent: string | null;
  request_id: string | null;
  /** Data of the event in JCS (RFC 8785): the bytes that were hashed. */
  data: string;
  /** The Merkle leaf: JCS of the list of field commitments. */
  leaf: string;
  /** HMAC-SHA-256 over everything above. */
  mac: Buffer;
}

export interface LedgerStagedTable extends EntryContent {
  arrival: Generated<string>;
}

export interface LedgerEntriesTable extends EntryContent {
  number: Count;
  leaf_hash: Buffer;
}

export interface LedgerSaltsTable {
  entry_id: string;
  /** 32 bytes for each field, in the order of the leaf. */
  salts: Buffer;
}

export interface LedgerHeadTable {
  one_row: Generated<boolean>;
  size: Count;
  root: Buffer;
  /** Hashes of the compact range [0, size), largest subtree first, 32 bytes each. */
  frontier: Buffer;
  epoch: Count;
  integrated_at: ColumnType<Date | null, never, Date>;
}

export interface LedgerTilesTable {
  /** The tile holds hashes of subtrees of 256^level entries: of leaves at level 0. */
  level: number;
  index: Count;
  hashes: Buffer;
}

export interface LedgerQuarantineTable {
  arrival: Count;
  reason: string;
  content: string;
  found_at: Generated<Date>;
}

/** Public halves of the ledger keys, and the sizes of heads that each may sign. */
export interface LedgerKeysTable {
  version: number;
  public_key: Buffer;
  from_size: Count;
  until_size: ColumnType<string | null, number | null, number | null>;
  retires_at: ColumnType<Date | null, Date | null, Date | null>;
  created_at: Generated<Date>;
}

/** Epochs after the first: each begins where the log was restored behind a witnessed head. */
export interface LedgerEpochsTable {
  epoch: number;
  from_size: Count;
  witnessed_size: Count;
  witnessed_root: Buffer;
  opened_at: Generated<Date>;
}

export interface LedgerCheckpointsTable {
  epoch: number;
  size: Count;
  root: Buffer;
  /** Signed note (C2SP) with the signatures of the integrator. */
  note: string;
  signed_at: Generated<Date>;
}

export interface LedgerWitnessesTable {
  /** Verifier key (C2SP signed-note). */
  key: string;
  name: string;
  registered_at: Date;
  registered_by: string;
}

export interface LedgerCosignaturesTable {
  epoch: number;
  size: Count;
  witness: string;
  line: string;
  cosigned_at: Date;
  received_at: Date;
}

/** Two heads that keys of this log signed and that no log holds both. */
export interface LedgerForksTable {
  /** SHA-256 of both heads in hex. */
  fork: string;
  origin: string;
  seen_size: Count;
  seen_root: Buffer;
  shown_size: Count;
  shown_root: Buffer;
  reported_at: Date;
  reported_by: string;
}

export interface LeasesTable {
  name: string;
  holder: string;
  epoch: Count;
  expires_at: ColumnType<Date, never, Date>;
}

export interface LedgerTables {
  ledger_staged: LedgerStagedTable;
  ledger_entries: LedgerEntriesTable;
  ledger_salts: LedgerSaltsTable;
  ledger_head: LedgerHeadTable;
  ledger_tiles: LedgerTilesTable;
  ledger_quarantine: LedgerQuarantineTable;
  ledger_keys: LedgerKeysTable;
  ledger_epochs: LedgerEpochsTable;
  ledger_checkpoints: LedgerCheckpointsTable;
  ledger_witnesses: LedgerWitnessesTable;
  ledger_cosignatures: LedgerCosignaturesTable;
  ledger_forks: LedgerForksTable;
  leases: LeasesTable;
}

import type { ColumnType } from 'kysely';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;

export interface StreamTicketsTable {
  id: string;
  ticket_hash: Buffer;
  operator_id: string;
  issued_at: Instant;
  expires_at: Instant;
  used_at: ColumnType<Date | null, never, Date>;
}

export interface StreamTicketTables {
  stream_tickets: StreamTicketsTable;
}

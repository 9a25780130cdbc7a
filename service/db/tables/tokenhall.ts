import type { ColumnType, Generated } from 'kysely';
import type { GENERATION_STATES } from '../../../shared/http/tokenhall.ts';
import type { RoutingStep } from '../../../shared/http/tokenhall-admin.ts';

/** Written once, read as a Date (`timestamptz(3)`). */
type Instant = ColumnType<Date, Date, never>;
/** `bigint`: the driver reads it as digits. */
type Units = ColumnType<string, bigint, never>;
/** Absent until the end. */
type AtTheEnd<Read, Write = Read> = ColumnType<Read | null, never, Write>;

export interface ModelPricesTable {
  id: string;
  model: string;
  effective_from: Instant;
  input_units: Units;
  output_units: Units;
  media_tokens: number | null;
  created_at: Instant;
  created_by: string;
}

export interface KeySpendTable {
  key_id: string;
  spent_units: ColumnType<string, bigint | undefined, bigint>;
  held_units: ColumnType<string, bigint | undefined, bigint>;
}

export interface GenerationsTable {
  id: string;
  key_id: string;
  account_id: string | null;
  agent_id: string | null;
  model: string;
  provider: string;
  streamed: boolean;
  request_id: string;
  state: Generated<(typeof GENERATION_STATES)[number]>;
  ended: AtTheEnd<string>;
  held_units: Units;
  cost_units: ColumnType<string, never, bigint>;
  loss_units: ColumnType<string, never, bigint>;
  usage: AtTheEnd<'reported' | 'measured'>;
  input_tokens: AtTheEnd<string, number>;
  output_tokens: AtTheEnd<string, number>;
  trace: ColumnType<RoutingStep[], never, string>;
  started_at: Instant;
  expires_at: Instant;
  settled_at: AtTheEnd<Date>;
}

export interface TokenhallTables {
  model_prices: ModelPricesTable;
  key_spend: KeySpendTable;
  generations: GenerationsTable;
}

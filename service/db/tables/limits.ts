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

export interface LimiterOutagesTable {
  id: string;
  began_at: ColumnType<Date, Date, never>;
  reason: string;
  ended_at: ColumnType<Date | null, Date | null, Date>;
}

export interface AgentHeartbeatsTable {
  agent_id: string;
  nonce_hash: Buffer;
  chain: number;
  first_at: ColumnType<Date, Date, never>;
  last_at: Date;
}

export interface HeartbeatSlotsTable {
  agent_id: string;
  slot: ColumnType<Date, Date, never>;
  beats: number;
}

export interface HeartbeatChallengesTable {
  id: string;
  agent_id: string;
  challenge: ColumnType<Buffer, Buffer, never>;
  issued_at: ColumnType<Date, Date, never>;
  answered_at: ColumnType<Date | null, never, Date>;
  outcome: ColumnType<'passed' | 'wrong' | 'late' | null, never, 'passed' | 'wrong' | 'late'>;
}

export interface LimitsTables {
  refusal_signals: RefusalSignalsTable;
  limiter_outages: LimiterOutagesTable;
  agent_heartbeats: AgentHeartbeatsTable;
  heartbeat_slots: HeartbeatSlotsTable;
  heartbeat_challenges: HeartbeatChallengesTable;
}

import type { Actor } from '../../shared/ledger/entry.ts';
import type { EventData, EventKind } from '../../shared/ledger/events.ts';
import type { AutonomySettings } from '../../shared/service/autonomy-settings.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Staging } from '../ledger/staging.ts';
import type { Send } from './outbound.ts';
import type { PayerSigner } from './payer-key.ts';
import type { SolanaRpc } from './solana/rpc.ts';

/** The service itself: what the payer does when nobody asks. */
export const PAYER: Actor = { type: 'system', id: 'payer', name: null };

/** What the payer is made of. */
export interface Payer {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  readonly settings: AutonomySettings;
  readonly send: Send;
  /** Null: no node is configured, and nothing can be paid. */
  readonly rpc: SolanaRpc | null;
  /** Null: this process holds no key, and nothing can be signed. */
  readonly signer: PayerSigner | null;
  /** Names this process in the leases of tasks. */
  readonly instance: string;
  random(bytes: number): Uint8Array;
  now(): Date;
}

/** Stages an event of the payer's own in the transaction of what it tells. */
export const stepper =
  ({ staging }: Pick<Payer, 'staging'>, tx: Tx) =>
  <K extends EventKind>(kind: K, data: EventData<K>): Promise<string> =>
    staging.stage(tx, { kind, data: { ...data }, actor: PAYER, agent: null, requestId: null });

import type { ApiSettings, KeysOf } from '../../../shared/service/launch.ts';
import type { Database } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import type { Job } from '../../process/jobs.ts';

/** The keys of rooms; each opener takes its own. */
export type RoomKeys = Pick<
  KeysOf<'api'>,
  'payerSeed' | 'codeHash' | 'codeSeed' | 'exportSeed' | 'exportStorage' | 'webhookSeed'
>;

/** What a room of the API may be built from; each opener takes the part that it needs. */
export interface RoomParts {
  readonly settings: ApiSettings;
  readonly db: Pick<Database, 'kysely' | 'stats'>;
  readonly staging: Staging;
  readonly keys: RoomKeys;
  random(bytes: number): Uint8Array;
  now(): Date;
  /** Says whether a worker is wanted. */
  readonly mintWork?: ((wanted: boolean) => void) | undefined;
}

/** A room in service: what it answers, and what it wants done again and again. */
export interface OpenedRoom<Answers> {
  readonly handlers: Answers;
  readonly jobs: readonly Job[];
}

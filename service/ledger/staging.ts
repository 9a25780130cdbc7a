import type { Tx } from '../db/database.ts';
import { sealKeyOf } from './mac.ts';
import { type SealingParts, type StagedEvent, sealEvent } from './seal.ts';
import { insertStaged } from './staged.store.ts';

export type { StagedEvent } from './seal.ts';

export interface Staging {
  /**
   * Stages one ledger entry in the transaction of what it tells: both happen, or neither.
   * @returns the entry's id; its number comes later, from the integrator
   * @throws LedgerError `event-invalid` when the data does not fit the kind
   */
  stage(tx: Tx, event: StagedEvent): Promise<string>;
  /** The same for several, in one statement and in this order. @returns their ids */
  stageAll(tx: Tx, events: readonly StagedEvent[]): Promise<readonly string[]>;
}

export interface StagingOptions extends SealingParts {
  /** 32 bytes that api and integrator share and the database lacks. */
  readonly macKey: Uint8Array;
}

export function createStaging({ macKey, ...parts }: StagingOptions): Staging {
  const sealed = (event: StagedEvent) => sealEvent(sealKeyOf(macKey, event.kind), parts, event);
  const stageAll = async (tx: Tx, events: readonly StagedEvent[]): Promise<string[]> => {
    const rows = events.map((event) => sealed(event));
    await insertStaged(tx, rows);
    return rows.map(({ id }) => id);
  };
  return {
    stageAll,
    stage: async (tx, event) => {
      const row = sealed(event);
      await insertStaged(tx, [row]);
      return row.id;
    },
  };
}

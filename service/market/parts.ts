import type { MarketSettings } from '../../shared/service/market-settings.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Commit, Mutate, Stage } from '../identity/mutation.ts';
import type { Staging } from '../ledger/staging.ts';

/** What the rooms of the market work with. */
export interface MarketDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  readonly commit: Commit;
  readonly mutate: Mutate;
  readonly settings: MarketSettings;
  random(bytes: number): Uint8Array;
  now(): Date;
}

/** The service itself: draws, replacements, time that ran out. */
export const SYSTEM = { type: 'system', id: 'market', name: null } as const;

export const systemStage =
  (staging: Staging, tx: Tx): Stage =>
  (kind, data, by = SYSTEM) =>
    staging.stage(tx, { kind, data, actor: by, agent: null, requestId: null });

export const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/** A page, and the cursor of the next one when there is more: the caller read one row too many to know. */
export function paged<Row, Shown>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Shown,
  idOf: (row: Row) => string,
): { readonly shown: Shown[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { shown: page.map(show), nextCursor: rows.length > limit && last ? idOf(last) : null };
}

import { randomBytes } from 'node:crypto';
import type { Database } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { type FeedOptions, openFeed } from './feed.ts';
import { macKeyOf } from './mac.ts';
import { ledgerHandlers } from './routes.ts';
import { createStaging, type Staging } from './staging.ts';
import { createLedgerStore, type LedgerStore } from './store.ts';

export interface Ledger {
  readonly staging: Staging;
  readonly store: LedgerStore;
  readonly handlers: Pick<Handlers, 'ledger.list' | 'events.stream'>;
  stop(): Promise<void>;
}

export interface OpenLedgerOptions {
  readonly db: Database;
  /** The staging key in base64url. */
  readonly stagingMac: string;
  readonly clock: { now(): Date };
  readonly log: FeedOptions['log'];
}

/** Everything of this room that the API process uses. */
export async function openLedger({ db, stagingMac, clock, log }: OpenLedgerOptions): Promise<Ledger> {
  const macKey = macKeyOf(stagingMac);
  const store = createLedgerStore(db, macKey);
  const feed = await openFeed({ db, store, log });
  return {
    staging: createStaging({ macKey, clock, random: (bytes) => randomBytes(bytes) }),
    store,
    handlers: ledgerHandlers({ store, feed }),
    stop: () => feed.stop(),
  };
}

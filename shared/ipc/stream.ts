import { z } from 'zod';
import { ledgerEntry, ledgerHead } from '../ledger/entry.ts';
import { serviceStatus } from '../service/status.ts';
import { place } from './place.ts';
import { connection } from './services.ts';
import { vaultStatus } from './vault.ts';

/**
 * What main pushes to the app's renderer over one MessagePort, in batches. Main sends the next batch only after the
 * acknowledgement of the last, at most once per animation frame, so a slow screen slows nobody but itself.
 */
export const pushed = z.discriminatedUnion('type', [
  z.object({ type: z.literal('bootstrap'), head: ledgerHead, next: z.number().int() }),
  z.object({ type: z.literal('entry'), entry: ledgerEntry }),
  /** Entries `from`..`to` were dropped because the screen was too slow; it reads them from the ledger when needed. */
  z.object({ type: z.literal('skipped'), from: z.number().int(), to: z.number().int() }),
  z.object({
    type: z.literal('stream'),
    state: z.enum(['connecting', 'live', 'waiting']),
    /** Milliseconds until the next attempt when waiting. */
    retryInMs: z.number().nullable(),
  }),
  z.object({ type: z.literal('service'), status: serviceStatus }),
  z.object({ type: z.literal('connection'), status: connection }),
  z.object({ type: z.literal('vault'), status: vaultStatus }),
  /** A link of the system, or a notification that was clicked, leads there. Showing it is all that follows. */
  z.object({ type: z.literal('place'), place }),
  /** Something main itself did or saw, said to the user: a routine signature, a crash, a weak setting. */
  z.object({
    type: z.literal('notice'),
    level: z.enum(['info', 'warning', 'error']),
    text: z.string(),
    at: z.iso.datetime(),
  }),
]);
export type Pushed = z.infer<typeof pushed>;

export const batch = z.object({ type: z.literal('batch'), seq: z.number().int(), items: z.array(pushed) });
export type Batch = z.infer<typeof batch>;

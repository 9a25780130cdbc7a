import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import type { Bridge } from '../../bridge/bridge.ts';
import type { LiveStore } from '../../stores/live.ts';
import { type Gap, positionOf } from '../../stores/numbered.ts';

/** The most the service gives at once. */
const PAGE = 500;
/** Entries are numbered within 1 s of being staged, so this much later than its neighbour an entry may be dated. */
const SLACK_MS = 2000;

/** End of a time range in which every entry numbered before this one lies. */
export const beforeEntry = (entry: Pick<LedgerEntry, 'at'>): string =>
  new Date(Date.parse(entry.at) + SLACK_MS).toISOString();

/**
 * Reads the entries of a gap from the ledger, newest first, and puts them into the live window.
 * @throws BridgeError when a page cannot be read; what was read before stays
 */
export async function fillGap(call: Bridge['call'], live: LiveStore, gap: Gap): Promise<void> {
  const { entries } = live.getState();
  const after = entries[positionOf(entries, gap.to + 1)];
  const to = after ? beforeEntry(after) : undefined;
  let cursor: string | null = null;
  for (;;) {
    const query: { limit: number; to?: string; cursor?: string } = { limit: PAGE };
    if (to) query.to = to;
    if (cursor) query.cursor = cursor;
    const { body } = await call('ledger.list', { query });
    live.fill(body.entries);
    const lowest = Math.min(...body.entries.map((entry) => entry.number ?? Number.POSITIVE_INFINITY));
    cursor = body.nextCursor;
    if (cursor === null || lowest <= gap.from) break;
  }
  // Whatever the ledger itself does not have will not come.
  live.forget(gap);
}

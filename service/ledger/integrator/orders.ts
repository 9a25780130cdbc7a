import type { EventData } from '../../../shared/ledger/events.ts';
import type { Frontier } from '../../../shared/ledger/merkle.ts';
import type { Tx } from '../../db/database.ts';
import { openEpoch } from './epoch.ts';
import type { StagedRow } from './judge.ts';
import { rotateKey, type SigningDeps } from './signing.ts';

/**
 * Does what numbered entries order of the integrator. An entry is the order: it is authentic, in its place, and who asked
 * for it stands in it.
 * @param frontier the head after these entries
 * @returns ids of staged entries that must be numbered next, before anything else
 */
export async function followOrders(
  tx: Tx,
  deps: SigningDeps,
  frontier: Frontier,
  rows: readonly StagedRow[],
): Promise<string[]> {
  const next: string[] = [];
  for (const { id, kind, data } of rows) {
    if (kind === 'ledger.key-rotation-ordered') {
      const { former } = JSON.parse(data) as EventData<'ledger.key-rotation-ordered'>;
      await rotateKey(tx, deps, { former, size: frontier.size });
    } else if (kind === 'ledger.restore-reported' && next.length === 0) {
      // A second report in one batch is of the epoch that the first one ends.
      const { checkpoint } = JSON.parse(data) as EventData<'ledger.restore-reported'>;
      const opened = await openEpoch(tx, deps, frontier, { id, checkpoint });
      if (opened !== null) next.push(opened);
    }
  }
  return next;
}

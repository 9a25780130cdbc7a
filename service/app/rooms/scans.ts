import { forgetOldScans, scanHandlers } from '../../minting/scans/routes.ts';
import type { OpenedRoom, RoomParts } from './room.ts';

type Answers = ReturnType<typeof scanHandlers>;

/** What the scan plane has written, for the console: shown, and forgotten in time. */
export function openScans({ settings, db, now }: RoomParts): OpenedRoom<Answers> {
  const deps = { db, keptDays: settings.keepScansDays };
  return {
    handlers: scanHandlers(deps),
    jobs: [{ name: 'old-scans', everyMs: 10 * 60_000, run: () => forgetOldScans(deps, now()) }],
  };
}

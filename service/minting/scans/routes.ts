import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { breakdownOf, bucketsOf, seriesOf } from './rules.ts';
import { countActivations, countFunnel, countPassers, countScans, forgetScans, listBrands } from './store.ts';

export interface ScanConsoleDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly keptDays: number;
}

const DAY_MS = 86_400_000;

/** What operators see of the scan plane. The api process answers it, from the rows that the resolver's functions wrote. */
export const scanHandlers = ({ db, keptDays }: ScanConsoleDeps): Pick<Handlers, 'scans.summary'> => ({
  'scans.summary': async ({ query: { brand = null, days } }, ctx) => {
    const now = ctx.now();
    const { bucketHours, unit, from, starts } = bucketsOf(days, now);
    const period = { brand, from, unit };
    const [crossings, passers, activations, funnel, brands] = await Promise.all([
      countScans(db, period),
      countPassers(db, period),
      countActivations(db, period),
      countFunnel(db, brand),
      listBrands(db),
    ]);
    const body = {
      ...{ at: now.toISOString(), from: from.toISOString(), keptDays, bucketHours, brands },
      ...seriesOf(starts, { crossings, passers, activations }),
      ...breakdownOf(crossings),
      funnel: {
        minted: Number(funnel.minted),
        scanned: Number(funnel.scanned),
        activated: Number(funnel.activated),
        voided: Number(funnel.voided),
      },
    };
    return { status: 200, body };
  },
});

/** Forgets scans that are older than what is promised. */
export async function forgetOldScans({ db, keptDays }: ScanConsoleDeps, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptDays * DAY_MS);
  while (await forgetScans(db, before));
}

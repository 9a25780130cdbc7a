import type { Database } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Replayable, ToldFieldsByEntry } from '../../ledger/rederive.ts';
import { countKinds, readKinds } from './store.ts';

/** Entries that one answer reads at most: about a second's work. */
export const MOST_REPLAYED = 100_000;
const PAGE = 1_000;

export type Told = ReadonlyMap<string, ToldFieldsByEntry>;

interface Replay {
  readonly db: Database['kysely'];
  readonly state: Replayable;
  /** Ascending numbers; the state is told at each. */
  readonly moments: readonly number[];
  readonly most: number;
}

/** @throws HttpError `bad_request` that says how to ask for less */
async function requireShort({ db, state, moments, most }: Replay): Promise<void> {
  const until = moments.at(-1) ?? 0;
  if ((await countKinds(db, state.kinds, until, most)) <= most) return;
  throw new HttpError(
    'bad_request',
    `More than ${most} entries up to ${until} tell of this: too many for one answer. Choose an earlier entry, or holds or ` +
      'keys instead of wallets.',
  );
}

/** Reads the entries that matter in order, page by page, and tells the states at each moment. */
export async function replay(options: Replay): Promise<Told[]> {
  const { db, state, moments } = options;
  await requireShort(options);
  const told: Told[] = [];
  let after = -1;
  for (const until of moments) {
    for (let full = true; full; ) {
      const rows = await readKinds(db, state.kinds, { after, until }, PAGE);
      for (const { number, id, kind, actor_id: actor, agent, data } of rows)
        state.take({ ...{ number: Number(number), id, kind, actor, agent }, data: JSON.parse(data) });
      after = Number(rows.at(-1)?.number ?? after);
      full = rows.length === PAGE;
    }
    told.push(state.told());
  }
  return told;
}

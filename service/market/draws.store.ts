import { sql } from 'kysely';
import type { Candidate, Party } from '../../shared/market/draw.ts';
import type { Tx } from '../db/database.ts';
import type { OpenDraw } from './rules.ts';
import type { Reader } from './store.ts';

const columns = [
  'claim_id',
  'round',
  'seats',
  'state',
  'pool',
  'pool_hash',
  'judged_at',
  'anchor',
  'checkpoint_epoch',
  'checkpoint_size',
  'root',
  'seed',
  'reviewers',
  'drawn_at',
] as const;

export interface DrawRow extends OpenDraw {
  readonly pool_hash: Buffer;
  readonly anchor: string | null;
  readonly checkpoint_epoch: number | null;
  readonly checkpoint_size: string | null;
  readonly root: Buffer | null;
  readonly seed: Buffer | null;
  readonly reviewers: string[] | null;
  readonly drawn_at: Date | null;
}

/** Agents with a heartbeat since then, and whose they are. */
export const aliveSince = async (tx: Tx, since: Date): Promise<Party[]> => {
  const rows = await tx
    .selectFrom('agent_heartbeats as h')
    .innerJoin('agents as a', 'a.id', 'h.agent_id')
    .select(['a.id', 'a.owner_id'])
    .where('h.last_at', '>=', since)
    .execute();
  return rows.map(({ id, owner_id }) => ({ id, ownerId: owner_id }));
};

/** Whose these agents are. */
export async function partiesOf(db: Reader, ids: readonly string[]): Promise<Map<string, Party>> {
  const rows = await db
    .selectFrom('agents')
    .select(['id', 'owner_id'])
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map(({ id, owner_id }) => [id, { id, ownerId: owner_id }]));
}

export interface JudgedPool {
  readonly pool: readonly Candidate[];
  readonly poolHash: string;
  readonly judgedAt: Date;
  /** The entry that sets it down; null while it waits. */
  readonly anchor: string | null;
}

const poolColumns = ({ pool, poolHash, judgedAt, anchor }: JudgedPool) => ({
  state: anchor === null ? ('waiting' as const) : ('set' as const),
  pool: JSON.stringify(pool),
  pool_hash: Buffer.from(poolHash, 'hex'),
  judged_at: judgedAt,
  ...(anchor === null ? {} : { anchor }),
});

export async function insertDraw(
  tx: Tx,
  draw: JudgedPool & { readonly claimId: string; readonly round: number; readonly seats: number },
): Promise<void> {
  const { claimId, round, seats, ...judged } = draw;
  await tx
    .insertInto('market_draws')
    .values({ claim_id: claimId, round, seats, anchor: null, ...poolColumns(judged) })
    .execute();
}

/** Judges a round that waits once more. */
export async function judgeAgain(
  tx: Tx,
  { claim_id, round }: Pick<DrawRow, 'claim_id' | 'round'>,
  judged: JudgedPool,
): Promise<void> {
  await tx
    .updateTable('market_draws')
    .set(poolColumns(judged))
    .where('claim_id', '=', claim_id)
    .where('round', '=', round)
    .execute();
}

/** A claim is decided or cancelled: what was still to be drawn for it never will be. */
export async function voidDraws(tx: Tx, claimId: string): Promise<void> {
  await tx
    .updateTable('market_draws')
    .set({ state: 'void' })
    .where('claim_id', '=', claimId)
    .where('state', 'in', ['waiting', 'set'])
    .execute();
}

export const readDraws = (db: Reader, claimId: string): Promise<DrawRow[]> =>
  db.selectFrom('market_draws').select(columns).where('claim_id', '=', claimId).orderBy('round').execute();

/** The rounds of these claims that have not been drawn yet: one a claim at most. */
export async function openDraws(db: Reader, claimIds: readonly string[]): Promise<Map<string, DrawRow>> {
  if (claimIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('market_draws')
    .select(columns)
    .where('claim_id', 'in', [...claimIds])
    .where('state', 'in', ['waiting', 'set'])
    .execute();
  return new Map(rows.map((row) => [row.claim_id, row]));
}

/** Claims with a round that waits for reviewers, those first that were judged longest ago. */
export async function waitingClaims(db: Reader, judgedBefore: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('market_draws')
    .select('claim_id')
    .where('state', '=', 'waiting')
    .where('judged_at', '<', judgedBefore)
    .orderBy('judged_at')
    .limit(limit)
    .execute();
  return rows.map(({ claim_id }) => claim_id);
}

export interface Checkpoint {
  readonly epoch: number;
  readonly size: string;
  readonly root: Buffer;
}

/** The first checkpoint that covers this entry, in the epoch that the entry lies in; undefined while there is none. */
export async function firstCheckpointAfter(db: Reader, entryId: string): Promise<Checkpoint | undefined> {
  const { rows } = await sql<Checkpoint>`
    SELECT p.epoch, p.size, p.root FROM ledger_entries e
    CROSS JOIN LATERAL (SELECT coalesce(max(epoch), 1) AS epoch FROM ledger_epochs WHERE from_size <= e.number) AS k
    JOIN ledger_checkpoints p ON p.epoch = k.epoch AND p.size > e.number
    WHERE e.id = ${entryId} ORDER BY p.size LIMIT 1`.execute(db);
  return rows[0];
}

/** Claims whose pool is set down in the numbered ledger, those first that have waited longest. */
export async function drawableClaims(db: Reader, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('market_draws as d')
    .innerJoin('ledger_entries as e', 'e.id', 'd.anchor')
    .select('d.claim_id')
    .where('d.state', '=', 'set')
    .orderBy('d.judged_at')
    .limit(limit)
    .execute();
  return rows.map(({ claim_id }) => claim_id);
}

export async function saveDrawn(
  tx: Tx,
  { claim_id, round }: Pick<DrawRow, 'claim_id' | 'round'>,
  drawn: {
    readonly checkpoint: Checkpoint;
    readonly seed: string;
    readonly reviewers: readonly string[];
    readonly at: Date;
  },
): Promise<void> {
  await tx
    .updateTable('market_draws')
    .set({
      state: 'drawn',
      checkpoint_epoch: drawn.checkpoint.epoch,
      checkpoint_size: drawn.checkpoint.size,
      root: drawn.checkpoint.root,
      seed: Buffer.from(drawn.seed, 'hex'),
      reviewers: JSON.stringify(drawn.reviewers),
      drawn_at: drawn.at,
    })
    .where('claim_id', '=', claim_id)
    .where('round', '=', round)
    .execute();
}

/** The root that the ledger has at a size now; null when it has none. */
export async function rootAt(db: Reader, epoch: number, size: string): Promise<string | null> {
  const row = await db
    .selectFrom('ledger_checkpoints')
    .select('root')
    .where('epoch', '=', epoch)
    .where('size', '=', sql<string>`${size}::bigint`)
    .executeTakeFirst();
  return row?.root.toString('hex') ?? null;
}

import type { ReadTile, TileId } from '../../shared/ledger/tiles.ts';
import type { Database, Tx } from '../db/database.ts';

export type Reader = Pick<Database['kysely'], 'selectFrom'>;

export async function readSize(db: Reader): Promise<number> {
  return Number((await db.selectFrom('ledger_head').select('size').executeTakeFirstOrThrow()).size);
}

/** @returns the tiles as they are now, which may be longer than they were at the size that is proven */
export async function readTiles(db: Reader, tiles: readonly TileId[]): Promise<ReadTile> {
  if (tiles.length === 0) return () => undefined;
  const rows = await db
    .selectFrom('ledger_tiles')
    .select(['level', 'index', 'hashes'])
    .where((eb) =>
      eb.or(
        tiles.map(({ level, index }) => eb.and([eb('level', '=', level), eb('index', '=', String(index))])),
      ),
    )
    .execute();
  const found = new Map(rows.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
  return ({ level, index }) => found.get(`${level}/${index}`);
}

export interface EntryPlace {
  readonly number: number;
  readonly id: string;
  readonly leafHash: Buffer;
}

export async function findEntry(
  db: Reader,
  by: { readonly number: number } | { readonly id: string },
): Promise<EntryPlace | undefined> {
  const row = await db
    .selectFrom('ledger_entries')
    .select(['number', 'id', 'leaf_hash'])
    .where((eb) => ('id' in by ? eb('id', '=', by.id) : eb('number', '=', String(by.number))))
    .executeTakeFirst();
  return row && { number: Number(row.number), id: row.id, leafHash: row.leaf_hash };
}

export interface CheckpointRow {
  readonly epoch: number;
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
  readonly signed_at: Date;
}

const CHECKPOINT = ['epoch', 'size', 'root', 'note', 'signed_at'] as const;

/** The newest one, of this size or epoch if asked for, and cosigned if asked for. */
export function readCheckpoint(
  db: Reader,
  { size, epoch, cosigned = false }: { size?: number; epoch?: number | undefined; cosigned?: boolean } = {},
): Promise<CheckpointRow | undefined> {
  let query = db.selectFrom('ledger_checkpoints').select(CHECKPOINT);
  if (size !== undefined) query = query.where('size', '=', String(size));
  if (epoch !== undefined) query = query.where('epoch', '=', epoch);
  if (cosigned)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('ledger_cosignatures as c')
          .select('c.line')
          .whereRef('c.epoch', '=', 'ledger_checkpoints.epoch')
          .whereRef('c.size', '=', 'ledger_checkpoints.size'),
      ),
    );
  return query.orderBy('epoch', 'desc').orderBy('size', 'desc').limit(1).executeTakeFirst();
}

export interface CheckpointChoice {
  readonly before: number | undefined;
  readonly until: Date | undefined;
  readonly cosigned: boolean;
  readonly limit: number;
}

/** Heads of the epoch that is written now, newest first. The empty log has one too, of which nothing is told. */
export async function listCheckpoints(
  db: Database['kysely'],
  { before, until, cosigned, limit }: CheckpointChoice,
) {
  const { epoch } = await db
    .selectFrom('ledger_epochs')
    .select((eb) => eb.fn.coalesce(eb.fn.max('epoch'), eb.lit(1)).as('epoch'))
    .executeTakeFirstOrThrow();
  const signed = db
    .selectFrom('ledger_checkpoints as p')
    .select(['p.size', 'p.root', 'p.signed_at'])
    .select((eb) =>
      eb
        .selectFrom('ledger_cosignatures as c')
        .select((of) => of.fn.countAll<string>().as('n'))
        .whereRef('c.epoch', '=', 'p.epoch')
        .whereRef('c.size', '=', 'p.size')
        .as('cosignatures'),
    )
    .where('p.epoch', '=', epoch)
    .where('p.size', '>', '0')
    .orderBy('p.size', 'desc')
    .limit(limit)
    .$if(before !== undefined, (query) => query.where('p.size', '<', String(before)))
    .$if(until !== undefined, (query) => query.where('p.signed_at', '<=', until as Date))
    .$if(cosigned, (query) =>
      query.where((eb) =>
        eb.exists(
          eb
            .selectFrom('ledger_cosignatures as k')
            .select('k.line')
            .whereRef('k.epoch', '=', 'p.epoch')
            .whereRef('k.size', '=', 'p.size'),
        ),
      ),
    );
  return { epoch, rows: await signed.execute() };
}

export interface CosignatureRow {
  readonly name: string;
  readonly line: string;
  readonly cosigned_at: Date;
}

export const readCosignatures = (
  db: Reader,
  { epoch, size }: Pick<CheckpointRow, 'epoch' | 'size'>,
): Promise<CosignatureRow[]> =>
  db
    .selectFrom('ledger_cosignatures')
    .innerJoin('ledger_witnesses', 'ledger_witnesses.key', 'ledger_cosignatures.witness')
    .select(['name', 'line', 'cosigned_at'])
    .where('epoch', '=', epoch)
    .where('size', '=', size)
    .orderBy('name')
    .execute();

export const readKeys = (db: Reader) =>
  db
    .selectFrom('ledger_keys')
    .select(['version', 'public_key', 'from_size', 'until_size'])
    .orderBy('version')
    .execute();

export const readEpochs = (db: Reader) =>
  db.selectFrom('ledger_epochs').select(['epoch', 'from_size']).orderBy('epoch').execute();

export const readWitnesses = (db: Reader) =>
  db.selectFrom('ledger_witnesses').select(['key', 'name']).orderBy('name').execute();

/** @returns false when the key or its name is taken */
export async function insertWitness(
  tx: Tx,
  witness: {
    readonly key: string;
    readonly name: string;
    readonly registered_at: Date;
    readonly registered_by: string;
  },
): Promise<boolean> {
  const result = await tx
    .insertInto('ledger_witnesses')
    .values(witness)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export interface ForkRow {
  readonly fork: string;
  readonly origin: string;
  readonly seen_size: number;
  readonly seen_root: Buffer;
  readonly shown_size: number;
  readonly shown_root: Buffer;
}

/** @returns false when it was reported before */
export async function insertFork(
  tx: Tx,
  fork: ForkRow & { readonly reported_at: Date; readonly reported_by: string },
): Promise<boolean> {
  const result = await tx
    .insertInto('ledger_forks')
    .values(fork)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export const readForks = (tx: Tx) =>
  tx
    .selectFrom('ledger_forks')
    .select(['fork', 'origin', 'seen_size', 'seen_root', 'shown_size', 'shown_root'])
    .execute();

/** @returns false when it was kept before */
export async function insertCosignature(
  tx: Tx,
  cosignature: {
    readonly epoch: number;
    readonly size: string;
    readonly witness: string;
    readonly line: string;
    readonly cosigned_at: Date;
    readonly received_at: Date;
  },
): Promise<boolean> {
  const result = await tx
    .insertInto('ledger_cosignatures')
    .values(cosignature)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

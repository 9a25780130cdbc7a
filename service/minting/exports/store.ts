import { type Selectable, sql, type UpdateObject } from 'kysely';
import type { ExportFormat, ExportProblem } from '../../../shared/http/mint-exports.ts';
import type { BrandRole } from '../../../shared/http/minting.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import type { MintExportsTable } from '../../db/tables/mint-exports.ts';
import type { MintTokensTable } from '../../db/tables/minting.ts';

type Reader = Database['kysely'] | Tx;

export type ExportRow = Selectable<MintExportsTable>;
export type StoredToken = Pick<
  Selectable<MintTokensTable>,
  'id' | 'job_id' | 'brand_id' | 'position' | 'serial' | 'code_hash' | 'code_envelope' | 'state'
>;

/** How long an instance has an export to itself after it was last heard of. */
const LEASE = sql<Date>`clock_timestamp() + interval '30 seconds'`;
const NOW = sql<Date>`clock_timestamp()`;

/** Whose member the account is, and as what; undefined for a stranger to this brand. */
export const memberIn = (
  db: Reader,
  brandId: string,
  accountId: string,
): Promise<{ readonly role: BrandRole } | undefined> =>
  db
    .selectFrom('brand_members')
    .select('role')
    .where('brand_id', '=', brandId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();

export const readJob = (db: Reader, brandId: string, jobId: string) =>
  db
    .selectFrom('mint_jobs')
    .innerJoin('brands', 'brands.id', 'mint_jobs.brand_id')
    .select([
      ...(['mint_jobs.id', 'brand_id', 'brands.name as brand', 'batch_name', 'quantity'] as const),
      ...(['reissued', 'state', 'root'] as const),
    ])
    .where('mint_jobs.id', '=', jobId)
    .where('brand_id', '=', brandId)
    .executeTakeFirst();
export type ExportedJob = NonNullable<Awaited<ReturnType<typeof readJob>>>;

/** Exports of a brand that are not finished. The brand's row is locked, so that two requests do not count the same. */
export async function countOpen(tx: Tx, brandId: string): Promise<number> {
  await tx.selectFrom('brands').select('id').where('id', '=', brandId).forUpdate().executeTakeFirst();
  const { open } = await tx
    .selectFrom('mint_exports')
    .select(sql<string>`count(*)`.as('open'))
    .where('brand_id', '=', brandId)
    .where('state', 'in', ['queued', 'writing'])
    .executeTakeFirstOrThrow();
  return Number(open);
}

export interface NewExport {
  readonly id: string;
  readonly brand_id: string;
  readonly job_id: string;
  readonly format: ExportFormat;
  readonly first: number;
  readonly rows: number;
  readonly requested_by: string;
  readonly created_at: Date;
}

export const insertExport = (tx: Tx, values: NewExport): Promise<ExportRow> =>
  tx.insertInto('mint_exports').values(values).returningAll().executeTakeFirstOrThrow();

export const readExport = (db: Reader, id: string): Promise<ExportRow | undefined> =>
  db.selectFrom('mint_exports').selectAll().where('id', '=', id).executeTakeFirst();

export const listExports = (
  db: Reader,
  of: {
    readonly brandId: string;
    readonly jobId: string | undefined;
    readonly before: string | undefined;
    readonly limit: number;
  },
): Promise<ExportRow[]> => {
  let query = db.selectFrom('mint_exports').selectAll().where('brand_id', '=', of.brandId);
  if (of.jobId !== undefined) query = query.where('job_id', '=', of.jobId);
  if (of.before !== undefined) query = query.where('id', '<', of.before);
  return query.orderBy('id', 'desc').limit(of.limit).execute();
};

/**
 * Takes an export that nobody makes: a new one, one whose pause after a failure is over, or one whose maker has not been heard of.
 * By the database's clock, which all instances share. A lease that lasts longer than any is given was written before that clock
 * was set back, and has ended.
 */
export const claimExport = (db: Pick<Database, 'kysely'>, owner: string): Promise<ExportRow | undefined> =>
  db.kysely
    .updateTable('mint_exports')
    .set({
      ...{ state: 'writing', done: 0, lease_owner: owner, lease_expires_at: LEASE },
      attempts: sql<number>`attempts + 1`,
      fence: sql<string>`fence + 1`,
    })
    .where('id', '=', (free) =>
      free
        .selectFrom('mint_exports')
        .select('id')
        .where((is) =>
          is.or([
            is.and([is('state', '=', 'queued'), is('retry_at', '<=', NOW)]),
            is.and([
              is('state', '=', 'writing'),
              is.or([is('lease_expires_at', '<=', NOW), is('lease_expires_at', '>', LEASE)]),
            ]),
          ]),
        )
        .orderBy('id')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();

/** Changes an export under the lease of this attempt. @returns whether the lease still held */
async function underLease(
  db: Reader,
  { id, fence }: Pick<ExportRow, 'id' | 'fence'>,
  change: UpdateObject<Schema, 'mint_exports'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('mint_exports')
    .set(change)
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('state', '=', 'writing')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

type Leased = Pick<ExportRow, 'id' | 'fence'>;
const FREE = { lease_owner: null, lease_expires_at: null } as const;

export const noteProgress = (db: Reader, of: Leased, done: number): Promise<boolean> =>
  underLease(db, of, { done, lease_expires_at: LEASE });

export const finishExport = (
  tx: Tx,
  of: Leased & Pick<ExportRow, 'rows'>,
  file: { readonly object: string; readonly bytes: number; readonly sha256: Buffer; readonly at: Date },
): Promise<boolean> =>
  underLease(tx, of, {
    ...{ ...FREE, state: 'ready', done: of.rows, object: file.object, problem: null },
    ...{ bytes: String(file.bytes), sha256: file.sha256, finished_at: file.at },
  });

export const failExport = (tx: Tx, of: Leased, problem: ExportProblem, at: Date): Promise<boolean> =>
  underLease(tx, of, { ...FREE, state: 'failed', problem, finished_at: at });

/** Gives an export back, to be tried again after so many seconds. */
export const returnExport = (
  db: Reader,
  of: Leased,
  problem: ExportProblem | null,
  seconds: number,
): Promise<boolean> =>
  underLease(db, of, {
    ...{ ...FREE, state: 'queued', done: 0, problem },
    retry_at: sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`,
  });

/** Rows of one read: what is in memory at a time. */
const BATCH = 500;

/** The tokens of a job at positions first to first + rows - 1, in their order. */
export async function* tokensOf(
  db: Reader,
  { job_id, first, rows }: Pick<ExportRow, 'job_id' | 'first' | 'rows'>,
): AsyncGenerator<StoredToken[]> {
  const end = first + rows;
  for (let from = first; from < end; ) {
    const tokens = await db
      .selectFrom('mint_tokens')
      .select(['id', 'job_id', 'brand_id', 'position', 'serial', 'code_hash', 'code_envelope', 'state'])
      .where('job_id', '=', job_id)
      .where('position', '>=', from)
      .where('position', '<', end)
      .orderBy('position')
      .limit(BATCH)
      .execute();
    const last = tokens.at(-1);
    if (!last) return;
    yield tokens;
    from = last.position + 1;
  }
}

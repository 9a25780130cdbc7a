import { sql } from 'kysely';
import type { ActivationMode, BrandRole, JobState, Product } from '../../../shared/http/minting.ts';
import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...(['id', 'brand_id', 'batch_name', 'quantity', 'serial_pattern', 'first_number', 'activation'] as const),
  ...(['product', 'state', 'done', 'reissued', 'lease_owner', 'lease_expires_at', 'fence', 'root'] as const),
  ...(['failure', 'created_by', 'created_at', 'finished_at'] as const),
] as const;

const selectJob = (db: Reader) => db.selectFrom('mint_jobs').select(columns);
export type JobRow = Awaited<ReturnType<ReturnType<typeof selectJob>['executeTakeFirstOrThrow']>>;

/** A job as a member of its brand sees it. */
export type MembersJob = JobRow & { readonly role: BrandRole };

const membersJobs = (db: Reader, accountId: string) =>
  db
    .selectFrom('mint_jobs as j')
    .innerJoin('brand_members as m', 'm.brand_id', 'j.brand_id')
    .select(columns.map((column) => `j.${column}` as const))
    .select('m.role')
    .where('m.account_id', '=', accountId);

/** Nothing for whoever is no member of its brand. */
export const readMembersJob = (db: Reader, id: string, accountId: string): Promise<MembersJob | undefined> =>
  membersJobs(db, accountId).where('j.id', '=', id).executeTakeFirst();

/** The same, held against a worker's next chunk until the transaction ends. */
export async function lockMembersJob(tx: Tx, id: string, accountId: string): Promise<MembersJob | undefined> {
  const mine = await readMembersJob(tx, id, accountId);
  if (!mine) return undefined;
  const locked = await selectJob(tx).where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
  return { ...locked, role: mine.role };
}

export interface JobsPage {
  readonly before: string | undefined;
  readonly limit: number;
  readonly state?: JobState | undefined;
  /** Only jobs that have minted something. */
  readonly begun?: true;
}

export function listJobs(db: Reader, brandId: string, page: JobsPage): Promise<JobRow[]> {
  let jobs = selectJob(db).where('brand_id', '=', brandId).orderBy('id', 'desc').limit(page.limit);
  if (page.before !== undefined) jobs = jobs.where('id', '<', page.before);
  if (page.state !== undefined) jobs = jobs.where('state', '=', page.state);
  if (page.begun) jobs = jobs.where('done', '>', 0);
  return jobs.execute();
}

/** What each job of the brand takes of its serials: all that it asked for while it may go on, else what it minted. */
export const takenSerials = (tx: Tx, brandId: string) =>
  tx
    .selectFrom('mint_jobs')
    .select(['id', 'batch_name', 'serial_pattern', 'first_number'])
    .select(sql<number>`CASE WHEN state IN ('cancelled', 'failed') THEN done ELSE quantity END`.as('taken'))
    .where('brand_id', '=', brandId)
    .execute();

export interface NewJob {
  readonly id: string;
  readonly brandId: string;
  readonly batchName: string;
  readonly quantity: number;
  readonly serialPattern: string;
  readonly firstNumber: number;
  readonly activation: ActivationMode;
  readonly product: Product;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export const insertJob = (tx: Tx, job: NewJob): Promise<JobRow> =>
  tx
    .insertInto('mint_jobs')
    .values({
      id: job.id,
      brand_id: job.brandId,
      batch_name: job.batchName,
      quantity: job.quantity,
      serial_pattern: job.serialPattern,
      first_number: job.firstNumber,
      activation: job.activation,
      product: JSON.stringify(job.product),
      created_by: job.createdBy,
      created_at: job.createdAt,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

/** Whatever state follows, the lease ends: a worker in the middle of a chunk finds that it may not write. */
export const writeState = (
  tx: Tx,
  id: string,
  state: 'queued' | 'paused' | 'cancelled',
  at: Date,
): Promise<JobRow> =>
  tx
    .updateTable('mint_jobs')
    .set({ state, lease_owner: null, lease_expires_at: null, finished_at: state === 'cancelled' ? at : null })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

/** @returns which of the job's re-issued tokens this is, from 1 */
export async function countReissue(tx: Tx, id: string): Promise<number> {
  const row = await tx
    .updateTable('mint_jobs')
    .set((eb) => ({ reissued: eb('reissued', '+', 1) }))
    .where('id', '=', id)
    .returning('reissued')
    .executeTakeFirstOrThrow();
  return row.reissued;
}

/** Whether some job waits for a worker or is being minted. */
export async function hasOpenJobs(db: Reader): Promise<boolean> {
  const row = await db
    .selectFrom('mint_jobs')
    .select('id')
    .where('state', 'in', ['queued', 'running'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Numbered entries of the log about a job, newest first. The conditions are those of `ledger_entries_by_mint_job`. */
export const listEvents = (db: Reader, jobId: string, below: string | undefined, limit: number) =>
  db
    .selectFrom('ledger_entries')
    .select(['id', 'number', 'kind', 'at', 'actor_type', 'actor_id', 'actor_name', 'data'])
    .where(sql<boolean>`kind LIKE 'mint.%'`)
    .where(sql<boolean>`(data::jsonb ->> 'jobId') = ${jobId}`)
    .$if(below !== undefined, (page) => page.where('number', '<', below ?? ''))
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();

/** Every job with how many tokens there are of it, and how many of these are void. */
export const readJobStates = (tx: Tx) =>
  selectJob(tx)
    .select([
      sql<number>`(SELECT count(*) FROM mint_tokens t WHERE t.job_id = mint_jobs.id)::int`.as('tokens'),
      sql<number>`(SELECT count(*) FROM mint_tokens t WHERE t.job_id = mint_jobs.id AND t.state = 'voided')::int`.as(
        'voided',
      ),
    ])
    .execute();

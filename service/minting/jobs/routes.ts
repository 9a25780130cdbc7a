import { makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { cutPage, pageOf } from '../../identity/directory/page.ts';
import type { Mutate } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { lockBrand, readBrand } from '../brands/store.ts';
import { accountOf, countersignedBy, MAY_MINT, requireMember, requireRole } from '../member.ts';
import { serialAt } from '../serials.ts';
import { allotSerials, requireShortSerials, requireState, toEvent, toJob } from './rules.ts';
import {
  insertJob,
  type JobRow,
  listEvents,
  listJobs,
  lockMembersJob,
  readMembersJob,
  takenSerials,
  writeState,
} from './store.ts';

export interface JobDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type JobRoutes = 'submit' | 'jobs' | 'batches' | 'job' | 'pause' | 'resume' | 'cancel' | 'events';
type JobHandlers = Pick<Handlers, `mint.${JobRoutes}`>;

async function requireBrand(db: Pick<Database, 'kysely'>['kysely'], id: string, ctx: RequestContext) {
  return requireMember(await readBrand(db, id, accountOf(ctx)), 'brand');
}

const submit =
  ({ mutate, random }: JobDeps): JobHandlers['mint.submit'] =>
  ({ body }, ctx) =>
    mutate('mint.submit', ctx, async (tx, stage) => {
      // Two jobs at once must not be allotted the same serials.
      await lockBrand(tx, body.brandId);
      const brand = await requireBrand(tx, body.brandId, ctx);
      requireRole(brand, MAY_MINT);
      const serials = allotSerials(body, await takenSerials(tx, brand.id));
      requireShortSerials(serialAt(serials, serials.last), body.product.gtin);
      const at = ctx.now();
      const job = await insertJob(tx, {
        ...body,
        id: makeId('mintJob', random(10), at.getTime()),
        firstNumber: serials.first,
        createdBy: accountOf(ctx),
        createdAt: at,
      });
      const { batchName, quantity, serialPattern, activation, product } = body;
      const eventId = await stage('mint.job-submitted', {
        ...{ brandId: brand.id, jobId: job.id, batchName, quantity, serialPattern, activation, product },
        ...{ firstNumber: serials.first, countersignedBy: countersignedBy(ctx) },
      });
      return { answer: { status: 201 as const, body: { job: toJob(job), eventId } }, subject: job.id };
    });

const STEPS = {
  pause: { route: 'mint.pause', state: 'paused', kind: 'mint.job-paused' },
  resume: { route: 'mint.resume', state: 'queued', kind: 'mint.job-resumed' },
  cancel: { route: 'mint.cancel', state: 'cancelled', kind: 'mint.job-cancelled' },
} as const;

/** Pause, resume and cancel wait for the chunk that is being committed, and for nothing else. */
const move =
  ({ mutate }: JobDeps, act: keyof typeof STEPS): JobHandlers['mint.pause'] =>
  ({ params, body }, ctx) => {
    const { route, state, kind } = STEPS[act];
    return mutate(route, ctx, async (tx, stage) => {
      const job = requireMember(await lockMembersJob(tx, params.job, accountOf(ctx)), 'job');
      requireRole(job, MAY_MINT);
      requireNamed(job.id, { batchName: body.batchName }, { batchName: job.batch_name });
      requireState(act, job.state);
      const moved = await writeState(tx, job.id, state, ctx.now());
      const about = { brandId: job.brand_id, jobId: job.id, done: job.done };
      const eventId = await stage(kind, { ...about, countersignedBy: countersignedBy(ctx) });
      return { answer: { status: 200 as const, body: { job: toJob(moved), eventId } }, subject: job.id };
    });
  };

async function jobsPage(
  { db }: JobDeps,
  brand: string,
  query: { readonly limit: number; readonly cursor?: string | undefined },
  ctx: RequestContext,
  more: Partial<Parameters<typeof listJobs>[2]>,
) {
  const { id } = await requireBrand(db.kysely, brand, ctx);
  const rows: JobRow[] = await listJobs(db.kysely, id, { ...pageOf(query, 'mintJob'), ...more });
  const { page, nextCursor } = cutPage(rows, query.limit);
  return { shown: page.map(toJob), nextCursor };
}

const events =
  ({ db }: JobDeps): JobHandlers['mint.events'] =>
  async ({ params, query: { limit, cursor } }, ctx) => {
    if (cursor !== undefined && !/^\d{1,18}$/.test(cursor))
      throw new HttpError('bad_request', 'this cursor is none of ours');
    const job = requireMember(await readMembersJob(db.kysely, params.job, accountOf(ctx)), 'job');
    const rows = await listEvents(db.kysely, job.id, cursor, limit + 1);
    const page = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? String(page.at(-1)?.number) : null;
    return { status: 200, body: { events: page.map(toEvent), nextCursor } };
  };

export const jobHandlers = (deps: JobDeps): JobHandlers => ({
  'mint.submit': submit(deps),
  'mint.jobs': async ({ params, query }, ctx) => {
    const { state } = query;
    const { shown: jobs, nextCursor } = await jobsPage(deps, params.brand, query, ctx, { state });
    return { status: 200, body: { jobs, nextCursor } };
  },
  'mint.batches': async ({ params, query }, ctx) => {
    const { shown: batches, nextCursor } = await jobsPage(deps, params.brand, query, ctx, { begun: true });
    return { status: 200, body: { batches, nextCursor } };
  },
  'mint.job': async ({ params }, ctx) => {
    const job = requireMember(await readMembersJob(deps.db.kysely, params.job, accountOf(ctx)), 'job');
    return { status: 200, body: { job: toJob(job) } };
  },
  'mint.pause': move(deps, 'pause'),
  'mint.resume': move(deps, 'resume'),
  'mint.cancel': move(deps, 'cancel'),
  'mint.events': events(deps),
});

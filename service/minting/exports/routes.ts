import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../../identity/mutation.ts';
import { requireNamed } from '../../identity/named.ts';
import { accountOf, countersignedBy, MAY_MINT, requireMember, requireRole } from '../member.ts';
import { issueLink } from './link.ts';
import { positionsOf, requireExportable, requireRoom, requireScanPlane, toExport } from './rules.ts';
import {
  countOpen,
  type ExportRow,
  insertExport,
  listExports,
  memberIn,
  readExport,
  readJob,
} from './store.ts';

export interface ExportHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  /** 32 bytes: what download addresses are signed with, by every instance alike. */
  readonly linkKey: Uint8Array;
  readonly resolverOrigin: string | null;
  random(bytes: number): Uint8Array;
}

type ExportHandlers = Pick<
  Handlers,
  'mint-exports.create' | 'mint-exports.list' | 'mint-exports.get' | 'mint-exports.link'
>;

const create =
  ({ mutate, random, resolverOrigin }: ExportHandlerDeps): ExportHandlers['mint-exports.create'] =>
  ({ body }, ctx) =>
    mutate('mint-exports.create', ctx, async (tx, stage): Promise<Done<'mint-exports.create'>> => {
      const accountId = accountOf(ctx);
      const { brandId } = body;
      requireRole(requireMember(await memberIn(tx, brandId, accountId), 'brand'), MAY_MINT);
      const job = await readJob(tx, brandId, body.jobId);
      if (!job) throw new HttpError('not_found', 'this brand has no such job');
      requireExportable(job);
      requireScanPlane(body.format, resolverOrigin);
      const positions = positionsOf(body, job);
      requireRoom(await countOpen(tx, brandId));
      const id = makeId('mintExport', random(10), ctx.now().getTime());
      const names = { brand_id: brandId, job_id: job.id, format: body.format, ...positions };
      const row = await insertExport(tx, {
        ...{ id, ...names, requested_by: accountId, created_at: ctx.now() },
      });
      await stage('mint.export-requested', {
        ...{ exportId: id, brandId, jobId: job.id, format: body.format, ...positions },
        countersignedBy: countersignedBy(ctx),
      });
      return { subject: id, answer: { status: 201, body: { export: toExport(row) } } };
    });

const list =
  ({ db }: ExportHandlerDeps): ExportHandlers['mint-exports.list'] =>
  async ({ params: { brand }, query: { jobId, limit, cursor } }, ctx) => {
    requireMember(await memberIn(db.kysely, brand, accountOf(ctx)), 'brand');
    // One more than asked for tells whether another page follows.
    const rows = await listExports(db.kysely, { brandId: brand, jobId, before: cursor, limit: limit + 1 });
    const exports = rows.slice(0, limit).map(toExport);
    const nextCursor = rows.length > limit ? (exports.at(-1)?.id ?? null) : null;
    return { status: 200, body: { exports, nextCursor } };
  };

/** @throws HttpError `not_found` for an export of a brand that the caller is no member of, as for none */
async function ofMember(db: Database['kysely'] | Tx, id: string, accountId: string): Promise<ExportRow> {
  const row = await readExport(db, id);
  requireMember(row && (await memberIn(db, row.brand_id, accountId)), 'export');
  if (!row) throw new HttpError('not_found', 'there is no such export');
  return row;
}

const get =
  ({ db }: ExportHandlerDeps): ExportHandlers['mint-exports.get'] =>
  async ({ params: { id } }, ctx) => {
    const row = await ofMember(db.kysely, id, accountOf(ctx));
    return { status: 200, body: { export: toExport(row) } };
  };

const link =
  ({ mutate, linkKey }: ExportHandlerDeps): ExportHandlers['mint-exports.link'] =>
  ({ params: { id }, body: { batchName } }, ctx) =>
    mutate('mint-exports.link', ctx, async (tx, stage): Promise<Done<'mint-exports.link'>> => {
      const accountId = accountOf(ctx);
      const row = await ofMember(tx, id, accountId);
      const job = await readJob(tx, row.brand_id, row.job_id);
      requireNamed(id, { batchName }, { batchName: job?.batch_name ?? '' });
      if (row.object === null)
        throw new HttpError('conflict', `export ${id} is ${row.state}; there is no file to download`);
      const { url, expiresAt } = issueLink(
        linkKey,
        { exportId: id, accountId, object: row.object },
        ctx.now(),
      );
      const issued = { accountId, expiresAt: expiresAt.toISOString() };
      await stage('mint.export-link-issued', {
        ...{ exportId: id, brandId: row.brand_id, jobId: row.job_id, ...issued },
        countersignedBy: countersignedBy(ctx),
      });
      return { subject: id, answer: { status: 200, body: { url, expiresAt: issued.expiresAt } } };
    });

export const exportHandlers = (deps: ExportHandlerDeps): ExportHandlers => ({
  'mint-exports.create': create(deps),
  'mint-exports.list': list(deps),
  'mint-exports.get': get(deps),
  'mint-exports.link': link(deps),
});

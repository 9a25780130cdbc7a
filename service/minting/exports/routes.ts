import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Commit } from '../../identity/mutation.ts';
import { issueLink } from './link.ts';
import {
  positionsOf,
  requireExportable,
  requireExporter,
  requireMember,
  requireRoom,
  requireScanPlane,
  toExport,
} from './rules.ts';
import {
  claimRequest,
  countOpen,
  type ExportRow,
  findRequested,
  insertExport,
  listExports,
  readExport,
  readJob,
  roleIn,
} from './store.ts';

export interface ExportHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  /** 32 bytes: what download addresses are signed with, by every instance alike. */
  readonly linkKey: Uint8Array;
  readonly resolverOrigin: string | null;
  random(bytes: number): Uint8Array;
}

type ExportHandlers = Pick<
  Handlers,
  'mint-exports.create' | 'mint-exports.list' | 'mint-exports.get' | 'mint-exports.link'
>;

/** Who calls: the gate lets nobody else through, and a route that forgot to say so fails closed. */
function accountOf({ principal }: RequestContext): string {
  if (principal.type !== 'account') throw new HttpError('unauthorized', 'another credential is needed');
  return principal.id;
}

function keyOf({ idempotencyKey }: RequestContext): string {
  if (idempotencyKey === null)
    throw new HttpError('idempotency_key_required', 'an export takes an Idempotency-Key');
  return idempotencyKey;
}

/**
 * What the same request made before: it is kept with the export, so it is found as long as the export is.
 * @throws HttpError `conflict` while it is in flight, `idempotency_mismatch` for another request
 */
async function formerOf(tx: Tx, accountId: string, ctx: RequestContext): Promise<ExportRow | undefined> {
  if (!(await claimRequest(tx, accountId, keyOf(ctx))))
    throw new HttpError(
      'conflict',
      'a request with this Idempotency-Key is in flight; send it again shortly',
    );
  const former = await findRequested(tx, accountId, keyOf(ctx));
  if (former && !former.request_hash.equals(Buffer.from(ctx.requestHash, 'hex')))
    throw new HttpError('idempotency_mismatch', 'this Idempotency-Key belongs to another request');
  return former;
}

const create =
  ({ commit, random, resolverOrigin }: ExportHandlerDeps): ExportHandlers['mint-exports.create'] =>
  ({ params: { brand }, body }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const accountId = accountOf(ctx);
      requireExporter(requireMember(await roleIn(tx, brand, accountId), 'brand'));
      const former = await formerOf(tx, accountId, ctx);
      if (former) return { status: 201, body: { export: toExport(former) } };
      const job = await readJob(tx, brand, body.jobId);
      if (!job) throw new HttpError('not_found', 'this brand has no such job');
      requireExportable(job);
      requireScanPlane(body.format, resolverOrigin);
      const positions = positionsOf(body, job);
      requireRoom(await countOpen(tx, brand));
      const row = await insertExport(tx, {
        id: makeId('mintExport', random(10), ctx.now().getTime()),
        ...{ brand_id: brand, job_id: job.id, format: body.format, ...positions },
        ...{ requested_by: accountId, request_key: keyOf(ctx), created_at: ctx.now() },
        request_hash: Buffer.from(ctx.requestHash, 'hex'),
      });
      const names = { exportId: row.id, brandId: brand, jobId: job.id };
      await stage('mint.export-requested', { ...names, format: body.format, ...positions });
      return { status: 201, body: { export: toExport(row) } };
    });

const list =
  ({ db }: ExportHandlerDeps): ExportHandlers['mint-exports.list'] =>
  async ({ params: { brand }, query: { jobId, limit, cursor } }, ctx) => {
    requireMember(await roleIn(db.kysely, brand, accountOf(ctx)), 'brand');
    // One more than asked for tells whether another page follows.
    const rows = await listExports(db.kysely, { brandId: brand, jobId, before: cursor, limit: limit + 1 });
    const exports = rows.slice(0, limit).map(toExport);
    const nextCursor = rows.length > limit ? (exports.at(-1)?.id ?? null) : null;
    return { status: 200, body: { exports, nextCursor } };
  };

/** @throws HttpError `not_found` for an export of a brand that the caller is no member of, as for none */
async function ofMember(db: Database['kysely'] | Tx, id: string, accountId: string): Promise<ExportRow> {
  const row = await readExport(db, id);
  requireMember(row && (await roleIn(db, row.brand_id, accountId)), 'export');
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
  ({ commit, linkKey }: ExportHandlerDeps): ExportHandlers['mint-exports.link'] =>
  ({ params: { id } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const accountId = accountOf(ctx);
      const row = await ofMember(tx, id, accountId);
      if (row.object === null)
        throw new HttpError('conflict', `export ${id} is ${row.state}; there is no file to download`);
      const { url, expiresAt } = issueLink(
        linkKey,
        { exportId: id, accountId, object: row.object },
        ctx.now(),
      );
      const names = { exportId: id, brandId: row.brand_id, jobId: row.job_id };
      const issued = { accountId, expiresAt: expiresAt.toISOString() };
      await stage('mint.export-link-issued', { ...names, ...issued });
      return { status: 200, body: { url, expiresAt: issued.expiresAt } };
    });

export const exportHandlers = (deps: ExportHandlerDeps): ExportHandlers => ({
  'mint-exports.create': create(deps),
  'mint-exports.list': list(deps),
  'mint-exports.get': get(deps),
  'mint-exports.link': link(deps),
});

import { type ExportFormat, type MintExport, MOST_ON_A_SHEET } from '../../../shared/http/mint-exports.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { ExportedJob, ExportRow } from './store.ts';

/** Exports of a brand that wait or are being made: a member cannot fill the queue of all others. */
const MOST_OPEN = 10;

export const isSheet = (format: ExportFormat): format is 'svg' | 'pdf' =>
  format === 'svg' || format === 'pdf';

export interface Asked {
  readonly format: ExportFormat;
  readonly first?: number | undefined;
  readonly rows?: number | undefined;
}

/**
 * The positions of an export: all of a list, because its proof is over all, or those behind it, which were made in place of others;
 * the part of a sheet that was asked for.
 * @throws HttpError with what to do instead
 */
export function positionsOf(
  { format, first, rows }: Asked,
  job: Pick<ExportedJob, 'quantity' | 'reissued'>,
): { readonly first: number; readonly rows: number } {
  const all = job.quantity + job.reissued;
  if (!isSheet(format)) {
    if (first === undefined && rows === undefined) return { first: 1, rows: all };
    if (first === undefined || first <= job.quantity || job.reissued === 0)
      throw new HttpError('invalid_body', wholeList(job));
  }
  const from = first ?? 1;
  const count = rows ?? Math.min(isSheet(format) ? MOST_ON_A_SHEET : all, all - from + 1);
  if (from <= all && from + count - 1 <= all) return { first: from, rows: count };
  throw new HttpError('invalid_body', `this job has the positions 1 to ${all}`);
}

const wholeList = ({ quantity, reissued }: Pick<ExportedJob, 'quantity' | 'reissued'>): string =>
  reissued === 0
    ? 'a list holds the whole job, none of whose tokens was re-issued; name positions of a sheet only'
    : `a list holds the whole job, or re-issued tokens alone: those from position ${quantity + 1} on`;

export function requireExportable({ id, state }: Pick<ExportedJob, 'id' | 'state'>): void {
  if (state !== 'completed')
    throw new HttpError('conflict', `job ${id} is ${state}; an export needs a completed one, with its root`);
}

export function requireScanPlane(format: ExportFormat, origin: string | null): void {
  if (isSheet(format) && origin === null)
    throw new HttpError(
      'conflict',
      'a sheet needs the address that its codes say: SALLYPORT_RESOLVER_ORIGIN is not configured',
    );
}

export function requireRoom(open: number): void {
  if (open >= MOST_OPEN)
    throw new HttpError('conflict', `${open} exports of this brand are not finished; wait for one of them`);
}

/** Seconds before storage is tried again: doubling, at most five minutes, for as long as it takes. */
export const pauseAfter = (attempts: number): number => Math.min(300, 2 ** Math.min(attempts, 9));

export const toExport = (row: ExportRow): MintExport => ({
  ...{ id: row.id, brandId: row.brand_id, jobId: row.job_id, format: row.format, first: row.first },
  ...{ rows: row.rows, state: row.state, done: row.done, attempts: row.attempts, problem: row.problem },
  bytes: row.bytes === null ? null : Number(row.bytes),
  sha256: row.sha256?.toString('hex') ?? null,
  requestedBy: row.requested_by,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
});

const TYPES: Readonly<Record<ExportFormat, string>> = {
  jsonl: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
};

/** The head of a download. The name holds nothing that a member chose. */
export const headOf = ({ id, format }: Pick<ExportRow, 'id' | 'format'>, bytes: number) => ({
  'content-type': TYPES[format],
  'content-disposition': `attachment; filename="sallyport-${id}.${format}"`,
  'content-length': String(bytes),
  'cache-control': 'no-store',
});

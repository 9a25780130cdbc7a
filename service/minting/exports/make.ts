import { createHash } from 'node:crypto';
import {
  csvLines,
  EXPORT_FORMAT,
  jsonLines,
  REPLACEMENTS_FORMAT,
} from '../../../shared/ledger/mint-export/format.ts';
import type { Database } from '../../db/database.ts';
import { ExportError } from './export-error.ts';
import { type ListParts, listFile, type OpenCode } from './rows.ts';
import { isSheet } from './rules.ts';
import { sealObject } from './sealing.ts';
import { placedCodes } from './sheet/layout.ts';
import { pdfFile } from './sheet/pdf.ts';
import { svgFile } from './sheet/svg.ts';
import type { ExportStorage } from './storage/storage.ts';
import { type ExportedJob, type ExportRow, readJob, tokensOf } from './store.ts';

export interface MakeParts {
  readonly db: Pick<Database, 'kysely'>;
  readonly storage: ExportStorage;
  /** 32 bytes: what objects are sealed under. */
  readonly seed: Uint8Array;
  readonly openCode: OpenCode;
  readonly resolverOrigin: string | null;
  random(bytes: number): Uint8Array;
  now(): Date;
}

const manifestOf = (row: ExportRow, job: ExportedJob, root: Buffer): ListParts['manifest'] => ({
  ...(row.first > job.quantity
    ? { format: REPLACEMENTS_FORMAT, replacements: row.rows }
    : { format: EXPORT_FORMAT, replacements: row.rows - job.quantity }),
  ...{ exportId: row.id, exportedAt: row.created_at.toISOString(), brandId: row.brand_id, brand: job.brand },
  ...{ jobId: job.id, batch: job.batch_name, count: job.quantity },
  root: root.toString('hex'),
});

async function fileOf(
  { db, openCode, resolverOrigin, now }: MakeParts,
  row: ExportRow,
  progress: (rows: number) => Promise<void>,
): Promise<AsyncGenerator<Uint8Array>> {
  const job = await readJob(db.kysely, row.brand_id, row.job_id);
  if (!job?.root) throw new ExportError('incomplete', `job ${row.job_id} has no root`);
  const tokens = tokensOf(db.kysely, row);
  if (!isSheet(row.format)) {
    const writer = row.format === 'csv' ? csvLines : jsonLines;
    const manifest = manifestOf(row, job, job.root);
    return listFile({ writer, manifest, first: row.first, openCode, resolverOrigin, tokens, progress });
  }
  if (resolverOrigin === null) throw new ExportError('incomplete', 'no scan plane is configured');
  const codes = placedCodes({ tokens, openCode, resolverOrigin, progress });
  return row.format === 'svg' ? svgFile(codes, row.rows) : pdfFile(codes, now());
}

export interface MadeFile {
  readonly bytes: number;
  readonly sha256: Buffer;
}

/**
 * Makes the file of an export and writes it, sealed, as one object. A reader of storage sees it whole or not at all.
 * @param progress told of every batch; what it throws ends the work
 * @returns length and digest of what a download will give
 */
export async function makeObject(
  parts: MakeParts,
  row: ExportRow,
  name: string,
  progress: (rows: number) => Promise<void>,
): Promise<MadeFile> {
  const file = await fileOf(parts, row, progress);
  const digest = createHash('sha256');
  let bytes = 0;
  const measured = (async function* () {
    for await (const part of file) {
      digest.update(part);
      bytes += part.length;
      yield part;
    }
  })();
  const sealed = sealObject({ seed: parts.seed, name }, parts.random(32), measured);
  await parts.storage.write(name, sealed);
  return { bytes, sha256: digest.digest() };
}

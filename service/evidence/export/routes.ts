import type { ExportQuery } from '../../../shared/http/ledger.ts';
import { assembleBundle } from '../../../shared/ledger/bundle/assemble.ts';
import { BUNDLE_TYPE } from '../../../shared/ledger/bundle/format.ts';
import type { Database } from '../../db/database.ts';
import { DatabaseError } from '../../db/database-error.ts';
import type { Handlers, StreamIo } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { sha256 } from '../../ledger/entry-row.ts';
import type { LedgerStore } from '../../ledger/store.ts';
import { bundleSource, planBundle } from './bundle.ts';
import { csvHead, csvLine, exportedRows, headOf, jsonLine } from './rows.ts';
import { countRows, filterOf } from './store.ts';

export interface ExportDeps {
  readonly db: Pick<Database, 'kysely'>;
  /** The role that may read salts and writes nothing. */
  readonly reader: Pick<Database, 'kysely'>;
  readonly store: Pick<LedgerStore, 'page'>;
}

/** Writes as fast as the client reads: what it has not taken is not made yet. */
async function pour(io: StreamIo, head: Record<string, string>, parts: AsyncIterable<string>): Promise<void> {
  const out = io.open(head);
  for await (const part of parts) {
    if (io.closed.aborted) return;
    if (part !== '' && !out.write(part)) await out.drained();
  }
}

async function* textOf(deps: ExportDeps, query: ExportQuery): AsyncGenerator<string> {
  if (query.format === 'csv') yield csvHead();
  const line = query.format === 'csv' ? csvLine : jsonLine;
  for await (const rows of exportedRows(deps.store, query)) yield rows.map(line).join('');
}

/** A progress figure is worth one short count, and none that takes longer than the export. */
const totalOf = (db: ExportDeps['db'], query: ExportQuery): Promise<number | null> =>
  countRows(db, filterOf(query)).catch((error: unknown) => {
    if (error instanceof DatabaseError) return null;
    throw error;
  });

/** `2030-01-02T03-04-05Z`: a time that is a file name everywhere. */
const stamp = (now: Date): string => now.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');

export const exportHandlers = (deps: ExportDeps): Pick<Handlers, 'ledger.export'> => ({
  'ledger.export': async ({ query }, ctx, io) => {
    const name = `sallyport-ledger-${stamp(ctx.now())}`;
    if (query.format !== 'bundle') {
      if (query.first !== undefined || query.end !== undefined)
        throw new HttpError('bad_request', 'only a bundle has a range of numbers');
      const csv = query.format === 'csv';
      const type = csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8';
      const head = headOf(type, `${name}.${query.format}`, await totalOf(deps.db, query));
      return pour(io, head, textOf(deps, query));
    }
    const db = deps.reader.kysely;
    const { manifest, size, total } = await planBundle(db, query, ctx.now());
    const source = bundleSource(db, query, size);
    return pour(
      io,
      headOf(BUNDLE_TYPE, `${name}.evidence.jsonl`, total),
      assembleBundle(sha256, manifest, source),
    );
  },
});

import type { ExportQuery } from '../../../shared/http/ledger.ts';
import type { Database } from '../../db/database.ts';
import { DatabaseError } from '../../db/database-error.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { LedgerStore } from '../../ledger/store.ts';
import { requestOf } from './bundle.ts';
import { ocsfLine } from './ocsf/event.ts';
import { csvHead, csvLine, exportedRows, headOf, jsonLine } from './rows.ts';
import { pour, sendBundle, stamp } from './send.ts';
import { countRows, filterOf } from './store.ts';

export interface ExportDeps {
  readonly db: Pick<Database, 'kysely'>;
  /** The role that may read salts and writes nothing. */
  readonly reader: Pick<Database, 'kysely'>;
  readonly store: Pick<LedgerStore, 'page'>;
}

const LINES = { csv: csvLine, jsonl: jsonLine, ocsf: ocsfLine };
const ENDINGS = { csv: 'csv', jsonl: 'jsonl', ocsf: 'ocsf.jsonl' };

async function* textOf(deps: ExportDeps, query: ExportQuery): AsyncGenerator<string> {
  if (query.format === 'csv') yield csvHead();
  const line = LINES[query.format === 'bundle' ? 'jsonl' : query.format];
  for await (const rows of exportedRows(deps.store, query)) yield rows.map(line).join('');
}

/** A progress figure is worth one short count, and none that takes longer than the export. */
const totalOf = (db: ExportDeps['db'], query: ExportQuery): Promise<number | null> =>
  countRows(db, filterOf(query)).catch((error: unknown) => {
    if (error instanceof DatabaseError) return null;
    throw error;
  });

export const exportHandlers = (deps: ExportDeps): Pick<Handlers, 'ledger.export'> => ({
  'ledger.export': async ({ query }, ctx, io) => {
    const name = `sallyport-ledger-${stamp(ctx.now())}`;
    if (query.format !== 'bundle') {
      if (query.first !== undefined || query.end !== undefined)
        throw new HttpError('bad_request', 'only a bundle has a range of numbers');
      const csv = query.format === 'csv';
      const type = csv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8';
      const head = headOf(type, `${name}.${ENDINGS[query.format]}`, await totalOf(deps.db, query));
      return pour(io, head, textOf(deps, query));
    }
    return sendBundle(deps.reader, requestOf(query), { io, name: `${name}.evidence.jsonl`, now: ctx.now() });
  },
});

import { EXPORT_TOTAL_HEADER, type ExportQuery } from '../../../shared/http/ledger.ts';
import { csvRow } from '../../../shared/ledger/csv.ts';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { EVENTS } from '../../../shared/ledger/events.ts';
import type { LedgerStore } from '../../ledger/store.ts';

/** Rows of one read: what is in memory at a time, however much is exported. */
const PAGE = 500;

/** Fields of an entry's data that its kind allows to withhold, and that this export withholds. */
export const withheldOf = (
  { kind, data }: { readonly kind: string; readonly data: Readonly<Record<string, unknown>> },
  withhold: ExportQuery['withhold'],
): string[] =>
  withhold === 'nothing'
    ? []
    : (EVENTS[kind as keyof typeof EVENTS]?.redactable ?? []).filter((name: string) =>
        Object.hasOwn(data, name),
      );

export interface ExportedRow {
  readonly entry: LedgerEntry;
  readonly withheld: readonly string[];
}

function redacted(entry: LedgerEntry, withhold: ExportQuery['withhold']): ExportedRow {
  const withheld = withheldOf(entry, withhold);
  const data = Object.fromEntries(Object.entries(entry.data).filter(([name]) => !withheld.includes(name)));
  return { entry: { ...entry, data }, withheld };
}

/** Exactly the rows of `ledger.list` with these filters: the same pages, one after the other. */
export async function* exportedRows(
  store: Pick<LedgerStore, 'page'>,
  { format: _format, withhold, ...filter }: ExportQuery,
): AsyncGenerator<readonly ExportedRow[]> {
  for (let cursor: string | undefined; ; ) {
    const page = await store.page({ ...filter, limit: PAGE, cursor });
    yield page.entries.map((entry) => redacted(entry, withhold));
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}

const COLUMNS = [
  ...['number', 'id', 'state', 'kind', 'category', 'at', 'actorType', 'actorId', 'actorName'],
  ...['agent', 'requestId', 'data', 'leafHash', 'withheld'],
];

export const csvHead = (): string => csvRow(COLUMNS);

export const csvLine = ({ entry, withheld }: ExportedRow): string =>
  csvRow([
    ...[entry.number, entry.id, entry.state, entry.kind, entry.category, entry.at],
    ...[entry.actor.type, entry.actor.id, entry.actor.name, entry.agent, entry.requestId],
    ...[JSON.stringify(entry.data), entry.leafHash, withheld.join(' ')],
  ]);

export const jsonLine = ({ entry, withheld }: ExportedRow): string =>
  `${JSON.stringify(withheld.length > 0 ? { ...entry, withheld } : entry)}\n`;

export const headOf = (type: string, name: string, total: number | null): Record<string, string> => ({
  'content-type': type,
  'content-disposition': `attachment; filename="${name}"`,
  'cache-control': 'no-store',
  ...(total === null ? {} : { [EXPORT_TOTAL_HEADER]: String(total) }),
});

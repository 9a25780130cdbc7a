import { z } from 'zod';
import { jcs } from '../commitment.ts';
import { csvRow, readCsvRow } from '../csv.ts';
import { sha256Hex } from '../hex.ts';

/** The tokens of a mint job as a file, JSON Lines or CSV (docs/EVIDENCE.md). Lines have one spelling only. */
export const EXPORT_FORMAT = 'sallyport-mint-export/1';
/** Tokens of it that were made in place of voided ones, and no others. Its lines are written alike. */
export const REPLACEMENTS_FORMAT = 'sallyport-mint-replacements/1';

const text = z.string();
const natural = z.number().int().nonnegative();

/** What the file claims to be. Nothing in it is believed before the rows and the log say the same. */
export const exportManifest = z.strictObject({
  format: z.enum([EXPORT_FORMAT, REPLACEMENTS_FORMAT]),
  exportId: text,
  exportedAt: z.iso.datetime(),
  brandId: text,
  brand: text,
  jobId: text,
  batch: text,
  /** Tokens that were ordered: positions 1 to count, which the root is over. */
  count: z.number().int().min(1),
  /** Tokens made in place of voided ones that this file holds: they follow, outside of the root; the log tells each by its leaf. */
  replacements: natural,
  /** RFC 6962 root of the job, as the log has it. */
  root: sha256Hex,
});
export type ExportManifest = z.infer<typeof exportManifest>;

export const exportRow = z.strictObject({
  position: z.number().int().min(1),
  serial: text.min(1),
  /** In its normal form. Whoever holds it holds the token. */
  code: text.min(1),
  codeHash: sha256Hex,
  /** Its leaf in the tree, so that a changed line is found where it stands. */
  leaf: sha256Hex,
  url: text,
  state: z.enum(['issued', 'active', 'voided']),
});
export type ExportRow = z.infer<typeof exportRow>;

const exportEnd = z.strictObject({ end: z.strictObject({ rows: natural, sha256: sha256Hex }) });
export type ExportEnd = z.infer<typeof exportEnd>['end'];

type Fields = Readonly<Record<string, string | number>>;

const MANIFEST_COLUMNS = [
  ...['format', 'exportId', 'exportedAt', 'brandId', 'brand', 'jobId', 'batch'],
  ...['count', 'replacements', 'root'],
];
const ROW_COLUMNS = ['position', 'serial', 'code', 'codeHash', 'leaf', 'url', 'state'];
const NUMBERS: ReadonlySet<string> = new Set(['count', 'replacements', 'position']);
const END = 'end';

const cells = (columns: readonly string[], fields: Fields): string =>
  csvRow(columns.map((name) => fields[name] ?? ''));

/** How a format writes its parts, line breaks included. */
export interface ExportWriter {
  head(manifest: ExportManifest): string;
  row(row: ExportRow): string;
  /** @param end the SHA-256 is over every byte before this line */
  end(end: ExportEnd): string;
}

export const jsonLines: ExportWriter = {
  head: (manifest) => `${jcs(manifest)}\n`,
  row: (row) => `${jcs(row)}\n`,
  end: (end) => `${jcs({ end })}\n`,
};

export const csvLines: ExportWriter = {
  head: (manifest) => csvRow(MANIFEST_COLUMNS) + cells(MANIFEST_COLUMNS, manifest) + csvRow(ROW_COLUMNS),
  row: (row) => cells(ROW_COLUMNS, row),
  end: ({ rows, sha256 }) => csvRow([END, rows, sha256]),
};

/** What a line is, or undefined when it is no line of such a file at that place. */
export type ExportLine =
  | { readonly type: 'names' }
  | { readonly type: 'manifest'; readonly manifest: ExportManifest }
  | { readonly type: 'row'; readonly row: ExportRow }
  | { readonly type: 'end'; readonly end: ExportEnd };

export interface ExportReader {
  /** Lines before the first row. */
  readonly head: readonly ('names' | 'manifest')[];
  readHead(kind: 'names' | 'manifest', line: string, at: number): ExportLine | undefined;
  readBody(line: string): ExportLine | undefined;
}

const asManifest = (value: unknown): ExportLine | undefined => {
  const { success, data } = exportManifest.safeParse(value);
  return success ? { type: 'manifest', manifest: data } : undefined;
};

function asBody(value: unknown): ExportLine | undefined {
  const row = exportRow.safeParse(value);
  if (row.success) return { type: 'row', row: row.data };
  const end = exportEnd.safeParse(value);
  return end.success ? { type: 'end', end: end.data.end } : undefined;
}

function jsonOf(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return jcs(value) === line ? value : undefined;
  } catch {
    return undefined;
  }
}

export const jsonLinesReader: ExportReader = {
  head: ['manifest'],
  readHead: (_kind, line) => asManifest(jsonOf(line)),
  readBody: (line) => asBody(jsonOf(line)),
};

const NUMBER = /^(?:0|[1-9]\d{0,14})$/;

/** A decimal number in its one spelling, and NaN, which no schema takes, for everything else. */
const numberOf = (cell: string): number => (NUMBER.test(cell) ? Number(cell) : Number.NaN);

function fieldsOf(columns: readonly string[], texts: readonly string[]): Fields | undefined {
  if (texts.length !== columns.length) return undefined;
  const pairs = columns.map((name, i) => {
    const cell = texts[i] ?? '';
    return [name, NUMBERS.has(name) ? numberOf(cell) : cell] as const;
  });
  return Object.fromEntries(pairs);
}

/** A record ends with CR LF; the line comes without the LF. */
const recordOf = (line: string): string[] | null =>
  line.endsWith('\r') ? readCsvRow(line.slice(0, -1)) : null;

const NAMES = [csvRow(MANIFEST_COLUMNS).slice(0, -1), csvRow(ROW_COLUMNS).slice(0, -1)];

export const csvReader: ExportReader = {
  head: ['names', 'manifest', 'names'],
  readHead: (kind, line, at) => {
    if (kind === 'names') return line === NAMES[at === 0 ? 0 : 1] ? { type: 'names' } : undefined;
    const record = recordOf(line);
    return record ? asManifest(fieldsOf(MANIFEST_COLUMNS, record)) : undefined;
  },
  readBody: (line) => {
    const record = recordOf(line);
    const [first = '', rows = '', sha256] = record ?? [];
    if (record?.length === 3 && first === END) return asBody({ end: { rows: numberOf(rows), sha256 } });
    return record ? asBody(fieldsOf(ROW_COLUMNS, record)) : undefined;
  },
};

/** The reader of a file that begins with this line, without its LF; undefined when it is no such file. */
export function readerOf(line: string): ExportReader | undefined {
  if (line === NAMES[0]) return csvReader;
  const value = line.startsWith('{') ? jsonOf(line) : undefined;
  const format = (value as { format?: unknown } | undefined)?.format;
  return format === EXPORT_FORMAT || format === REPLACEMENTS_FORMAT ? jsonLinesReader : undefined;
}

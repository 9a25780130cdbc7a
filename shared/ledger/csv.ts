/** Spreadsheets run what begins like this as a formula; the full-width forms are taken for the same. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/** One apostrophe more in front: a formula becomes text, and what began with one can be told from it when it is read. */
const isEscaped = (text: string): boolean => FORMULA.test(text) || text.startsWith("'");

/** One cell, quoted (RFC 4180). Attacker-controlled text loses its meaning as a formula by an apostrophe before it. */
export function csvCell(value: string | number | null): string {
  if (value === null) return '""';
  const text = typeof value === 'string' && isEscaped(value) ? `'${value}` : String(value);
  return `"${text.replaceAll('"', '""')}"`;
}

export const csvRow = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(csvCell).join(',')}\r\n`;

const CELL = /"((?:[^"]|"")*)"(,|$)/y;

function cellsOf(line: string): string[] | null {
  const cells: string[] = [];
  CELL.lastIndex = 0;
  for (let more = true; more; ) {
    const found = CELL.exec(line);
    if (!found) return null;
    const text = (found[1] ?? '').replaceAll('""', '"');
    cells.push(text.startsWith("'") ? text.slice(1) : text);
    more = found[2] === ',';
  }
  return CELL.lastIndex === 0 || CELL.lastIndex === line.length ? cells : null;
}

/**
 * The texts of a record as `csvRow` writes it.
 * @param line without its line break
 * @returns null for any other spelling
 */
export function readCsvRow(line: string): string[] | null {
  const cells = cellsOf(line);
  return cells && csvRow(cells) === `${line}\r\n` ? cells : null;
}

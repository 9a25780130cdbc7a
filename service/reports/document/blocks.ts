/** What somebody else chose: a name, a note, a reason. Attacker-controlled, so every format shows it literally. */
export interface Quoted {
  readonly quoted: string;
}

/** Our own words are text; everything else is quoted. */
export type Said = string | Quoted;
export type Cell = Said | readonly Said[];

export type Block =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'text'; readonly said: readonly Said[] }
  | { readonly type: 'list'; readonly items: readonly Cell[]; readonly open?: true }
  | {
      readonly type: 'table';
      readonly columns: readonly string[];
      /** Shares of the width where there is one. */
      readonly widths: readonly number[];
      readonly rows: readonly (readonly Cell[])[];
      /** Said where there is no row. */
      readonly none: string;
    }
  /** Several lines of somebody else's, or of a file. */
  | { readonly type: 'lines'; readonly text: string };

export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export const quoted = (text: string): Quoted => ({ quoted: text });
export const saidIn = (cell: Cell): readonly Said[] =>
  typeof cell === 'string' || 'quoted' in cell ? [cell] : cell;

/** Longer texts of others are cut where they stand in a row; the log has the whole of them. */
const LONGEST = 400;

/** Controls, bidirectional overrides, invisible and unassigned characters, and our own way to write them. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]|\\(?=u\{)/gu;

const asNumber = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text without anything that a reader cannot see, or that reorders what he sees: each of these as its number. */
export const visible = (text: string): string => text.replace(HIDDEN, asNumber);

/** One line of it. */
export function shortened(text: string): string {
  const whole = [...text];
  return visible(whole.length > LONGEST ? `${whole.slice(0, LONGEST).join('')}…` : text);
}

/** Its lines; tabs are spaces. */
export const linesOf = (text: string): string[] =>
  text
    .replaceAll('\t', '    ')
    .split(/\r\n|\r|\n/)
    .map(visible);

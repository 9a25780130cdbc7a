import type { PDFFont } from '@cantoo/pdf-lib';
import { type Cell, saidIn, shortened } from './blocks.ts';

/** A4 upright, in points. */
export const PAGE = { width: 595.28, height: 841.89, margin: 48 } as const;
export const WIDTH = PAGE.width - 2 * PAGE.margin;

export interface Face {
  readonly font: PDFFont;
  readonly size: number;
  /** What the font has a glyph for. */
  readonly has: ReadonlySet<number>;
}
/** Our own words, what others said, headings. */
export type Faces = Readonly<Record<'own' | 'quoted' | 'strong' | 'title', Face>>;

export interface Run {
  readonly text: string;
  readonly face: Face;
  readonly width: number;
}
export type Line = readonly Run[];

/** The standard fonts have the Latin alphabets of Western Europe: every other character stands as its number. */
const drawable = (text: string, { has }: Face): string =>
  [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return has.has(code) ? character : `\\u{${code.toString(16)}}`;
    })
    .join('');

const run = (text: string, face: Face): Run => ({
  text,
  face,
  width: face.font.widthOfTextAtSize(text, face.size),
});

/** A word that is wider than its column, in pieces that are not. */
function pieces(word: string, face: Face, width: number): Run[] {
  const whole = run(word, face);
  if (whole.width <= width) return [whole];
  const found: Run[] = [];
  for (let rest = word; rest !== ''; ) {
    let length = Math.max(1, Math.floor((rest.length * width) / run(rest, face).width));
    while (length > 1 && run(rest.slice(0, length), face).width > width) length -= 1;
    found.push(run(rest.slice(0, length), face));
    rest = rest.slice(length);
  }
  return found;
}

const widthOf = (line: Line): number =>
  line.reduce((sum, one, i) => sum + one.width + (i === 0 ? 0 : spaceOf(one.face)), 0);

export const spaceOf = ({ font, size }: Face): number => font.widthOfTextAtSize(' ', size);

/** The line with one more piece; what is in one face is drawn as one. */
function withPiece(line: Line, piece: Run): Line {
  const last = line.at(-1);
  return last?.face === piece.face
    ? [...line.slice(0, -1), run(`${last.text} ${piece.text}`, last.face)]
    : [...line, piece];
}

/** Runs of words as lines of a width. */
export function wrap(
  parts: readonly { readonly text: string; readonly face: Face }[],
  width: number,
): Line[] {
  const done: Line[] = [];
  let current: Line = [];
  for (const { text, face } of parts) {
    const words = drawable(text, face)
      .split(' ')
      .filter((word) => word !== '');
    for (const piece of words.flatMap((word) => pieces(word, face, width))) {
      const longer = withPiece(current, piece);
      const fits = current.length === 0 || widthOf(longer) <= width;
      if (!fits) done.push(current);
      current = fits ? longer : [piece];
    }
  }
  return [...done, current];
}

export const wrapCell = (cell: Cell, faces: Faces, width: number): Line[] =>
  wrap(
    saidIn(cell).map((said) =>
      typeof said === 'string'
        ? { text: said, face: faces.own }
        : { text: shortened(said.quoted) || '(empty)', face: faces.quoted },
    ),
    width,
  );

/** Lines of a file or a note: spaces are kept, and what is too long goes on in the next line. */
export const wrapLiteral = (text: string, face: Face, width: number): Line[] =>
  pieces(drawable(text, face) || ' ', face, width).map((piece) => [piece]);

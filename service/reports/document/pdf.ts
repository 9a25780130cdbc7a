import { PDFDocument, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import { type Block, type Document, linesOf } from './blocks.ts';
import {
  type Face,
  type Faces,
  type Line,
  PAGE,
  spaceOf,
  WIDTH,
  wrap,
  wrapCell,
  wrapLiteral,
} from './typeset.ts';

const INK = rgb(0.1, 0.1, 0.12);
const FAINT = rgb(0.45, 0.45, 0.5);
const RULE = rgb(0.8, 0.8, 0.83);
const LEADING = 1.35;
const GAP = 8;
/** Between the columns of a table. */
const GUTTER = 6;
const FOOT = 24;

async function facesOf(document: PDFDocument): Promise<Faces> {
  const face = async (name: StandardFonts, size: number): Promise<Face> => {
    const font = await document.embedFont(name);
    return { font, size, has: new Set(font.getCharacterSet()) };
  };
  return {
    own: await face(StandardFonts.Helvetica, 9),
    quoted: await face(StandardFonts.Courier, 8.5),
    strong: await face(StandardFonts.HelveticaBold, 9),
    title: await face(StandardFonts.HelveticaBold, 14),
  };
}

const heightOf = (face: Face): number => face.size * LEADING;

/** Draws from the top down, page after page. Text is drawn and never linked: a report runs and opens nothing. */
class Pen {
  readonly #document: PDFDocument;
  #page: PDFPage;
  #y: number = PAGE.height - PAGE.margin;

  constructor(document: PDFDocument) {
    this.#document = document;
    this.#page = document.addPage([PAGE.width, PAGE.height]);
  }

  /** Begins a page where less than this is left. */
  room(height: number): void {
    if (this.#y - height >= PAGE.margin + FOOT) return;
    this.#page = this.#document.addPage([PAGE.width, PAGE.height]);
    this.#y = PAGE.height - PAGE.margin;
  }

  skip(height: number): void {
    this.#y -= height;
  }

  rule(): void {
    const y = this.#y + 2;
    this.#page.drawLine({
      start: { x: PAGE.margin, y },
      end: { x: PAGE.width - PAGE.margin, y },
      ...{ thickness: 0.5, color: RULE },
    });
  }

  line(line: Line, x: number, height: number): void {
    let at = x;
    for (const { text, face, width } of line) {
      this.#page.drawText(text, { x: at, y: this.#y - height, font: face.font, size: face.size, color: INK });
      at += width + spaceOf(face);
    }
  }

  lines(lines: readonly Line[], face: Face, indent = 0): void {
    const height = heightOf(face);
    for (const line of lines) {
      this.room(height);
      this.line(line, PAGE.margin + indent, face.size);
      this.skip(height);
    }
  }

  /** A row of cells, a line of all of them at a time, so that a long one goes on on the next page. */
  row(cells: readonly (readonly Line[])[], lefts: readonly number[], face: Face): void {
    const height = heightOf(face);
    const longest = Math.max(1, ...cells.map((lines) => lines.length));
    for (let i = 0; i < longest; i += 1) {
      this.room(height);
      for (const [column, lines] of cells.entries())
        this.line(lines[i] ?? [], PAGE.margin + (lefts[column] ?? 0), face.size);
      this.skip(height);
    }
    this.rule();
    this.skip(3);
  }
}

type Table = Extract<Block, { type: 'table' }>;

function drawTable(pen: Pen, faces: Faces, { columns, widths, rows }: Table): void {
  const sum = widths.reduce((total, share) => total + share, 0);
  const wide = widths.map((share) => (share / sum) * WIDTH);
  const lefts = wide.map((_, i) => wide.slice(0, i).reduce((total, width) => total + width, 0));
  const within = (column: number) => (wide[column] ?? WIDTH) - GUTTER;
  const head = columns.map((text, i) => wrap([{ text, face: faces.strong }], within(i)));
  pen.room(3 * heightOf(faces.own));
  pen.row(head, lefts, faces.strong);
  for (const cells of rows)
    pen.row(
      cells.map((cell, i) => wrapCell(cell, faces, within(i))),
      lefts,
      faces.own,
    );
}

function drawBlock(pen: Pen, faces: Faces, block: Block): void {
  pen.skip(GAP);
  switch (block.type) {
    case 'heading':
      pen.room(4 * heightOf(faces.strong));
      pen.skip(GAP / 2);
      pen.lines(wrap([{ text: block.text, face: { ...faces.strong, size: 11 } }], WIDTH), faces.title);
      break;
    case 'text':
      pen.lines(wrapCell(block.said, faces, WIDTH), faces.own);
      break;
    case 'list':
      for (const item of block.items) {
        const marked = [block.open ? '[  ]' : '•', ...(Array.isArray(item) ? item : [item])];
        pen.lines(wrapCell(marked, faces, WIDTH), faces.own);
      }
      break;
    case 'table':
      if (block.rows.length > 0) drawTable(pen, faces, block);
      else pen.lines(wrap([{ text: block.none, face: faces.own }], WIDTH), faces.own);
      break;
    case 'lines':
      for (const line of linesOf(block.text))
        pen.lines(wrapLiteral(line, faces.quoted, WIDTH - GAP), faces.quoted, GAP);
  }
}

/** What stands under every page: nobody takes one page for the whole. */
function drawFeet(document: PDFDocument, { font }: Face, title: string): void {
  const pages = document.getPages();
  for (const [i, page] of pages.entries())
    page.drawText(`${title}, page ${i + 1} of ${pages.length}`, {
      ...{ x: PAGE.margin, y: PAGE.margin - FOOT / 2, size: 7.5, font, color: FAINT },
    });
}

/** The document as PDF, with the standard fonts and nothing that is active. */
export async function pdfOf({ title, blocks }: Document, now: Date): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.setTitle(title);
  document.setProducer('Sallyport');
  document.setCreationDate(now);
  document.setModificationDate(now);
  const faces = await facesOf(document);
  const pen = new Pen(document);
  pen.lines(wrap([{ text: title, face: faces.title }], WIDTH), faces.title);
  for (const block of blocks) drawBlock(pen, faces, block);
  drawFeet(document, faces.own, title);
  return document.save();
}

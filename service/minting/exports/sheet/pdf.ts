import { PDFDocument, type PDFFont, PDFName, StandardFonts } from '@cantoo/pdf-lib';
import { type Bar, type Line, PAGE, type PlacedCode } from './layout.ts';

const POINTS = 72 / 25.4;
const FONT = 'F';

const pt = (millimetres: number): string => (millimetres * POINTS).toFixed(3);
/** PDF counts from the bottom. */
const up = (y: number): string => pt(PAGE.height - y);

const barOf = ({ x, y, width, height }: Bar): string =>
  `${pt(x)} ${up(y + height)} ${pt(width)} ${pt(height)} re\n`;

/** Serials are attacker-controlled: written as hex, and only of the characters that the font surely has. */
function lineOf({ x, y, size, text }: Line, font: PDFFont): string {
  const plain = text.replace(/[^\u0020-\u007e]/gu, '?');
  const left = x - font.widthOfTextAtSize(plain, size * POINTS) / POINTS / 2;
  return `BT /${FONT} ${pt(size)} Tf ${pt(left)} ${up(y)} Td ${font.encodeText(plain)} Tj ET\n`;
}

/** One PDF, a page a sheet of A4. Each page is compressed as soon as it is full, so that only what is sent later is kept. */
export async function* pdfFile(codes: AsyncIterable<PlacedCode>, now: Date): AsyncGenerator<Uint8Array> {
  const document = await PDFDocument.create();
  document.setCreationDate(now);
  document.setModificationDate(now);
  document.setProducer('Sallyport');
  const font = await document.embedFont(StandardFonts.Courier);
  let [drawn, current] = ['', 0];
  const finishPage = (): void => {
    const page = document.addPage([PAGE.width * POINTS, PAGE.height * POINTS]);
    page.node.setFontDictionary(PDFName.of(FONT), font.ref);
    page.node.addContentStream(document.context.register(document.context.flateStream(drawn)));
    drawn = '';
  };
  for await (const { page, bars, lines } of codes) {
    if (page !== current) finishPage();
    current = page;
    const shape = bars.length === 0 ? '' : `${bars.map(barOf).join('')}f\n`;
    drawn += shape + lines.map((line) => lineOf(line, font)).join('');
  }
  finishPage();
  yield await document.save();
}

import { type Bar, type Line, PAGE, PER_PAGE, type PlacedCode } from './layout.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Serials are attacker-controlled: no markup, and none of the characters that XML cannot hold. */
const xml = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu, '?')
    .replace(/[&<>"']/g, (one) => ENTITIES[one] ?? '');

const mm = (value: number): string => String(Math.round(value * 1000) / 1000);

const pathOf = (bars: readonly Bar[], down: number): string =>
  bars
    .map(({ x, y, width, height }) => `M${mm(x)} ${mm(y + down)}h${mm(width)}v${mm(height)}h-${mm(width)}z`)
    .join('');

const textOf = ({ x, y, size, text }: Line, down: number): string =>
  `<text x="${mm(x)}" y="${mm(y + down)}" font-size="${size}">${xml(text)}</text>`;

/** One SVG with its pages below each other, each as high as a sheet of A4. Nothing in it is loaded from anywhere. */
export async function* svgFile(codes: AsyncIterable<PlacedCode>, count: number): AsyncGenerator<Uint8Array> {
  const height = Math.ceil(count / PER_PAGE) * PAGE.height;
  yield Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PAGE.width}mm" height="${height}mm" ` +
      `viewBox="0 0 ${PAGE.width} ${height}" font-family="monospace" text-anchor="middle" ` +
      'shape-rendering="crispEdges">\n<rect width="100%" height="100%" fill="#fff"/>\n',
  );
  for await (const { page, bars, lines } of codes) {
    const down = page * PAGE.height;
    const path = bars.length === 0 ? '' : `<path d="${pathOf(bars, down)}"/>`;
    yield Buffer.from(`<g>${path}${lines.map((line) => textOf(line, down)).join('')}</g>\n`);
  }
  yield Buffer.from('</svg>\n');
}

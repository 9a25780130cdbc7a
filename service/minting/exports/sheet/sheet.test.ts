import { inflateSync } from 'node:zlib';
import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';
import { createTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../../../shared/ids/token-code.ts';
import type { StoredToken } from '../store.ts';
import { placedCodes } from './layout.ts';
import { pdfFile } from './pdf.ts';
import { svgFile } from './svg.ts';

const codeAt = (position: number) => createTokenCode(new Uint8Array(TOKEN_CODE_RANDOM_BYTES).fill(position));

const token = (position: number, serial: string, state: StoredToken['state'] = 'active'): StoredToken => ({
  ...{ id: `mtk_${position}`, job_id: 'mjb_1', brand_id: 'brd_1', position, serial, state },
  ...{ code_hash: Buffer.alloc(32), code_envelope: Buffer.alloc(0) },
});

const tokens = [
  token(1, '</text><script>x</script>'),
  token(2, '(S-2) Tj\u0001é', 'voided'),
  ...Array.from({ length: 38 }, (_, i) => token(i + 3, `S-${i + 3}`)),
];

const codes = () =>
  placedCodes({
    tokens: (async function* () {
      yield tokens;
    })(),
    openCode: ({ position }) => codeAt(position),
    resolverOrigin: 'https://scan.test',
    progress: async () => undefined,
  });

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  for await (const part of parts) read.push(part);
  return Buffer.concat(read);
}

/** Bars as a printer would put them on paper, eight dots a millimetre. */
function printed(bars: Iterable<readonly [number, number, number, number]>) {
  const [width, scale] = [400, 8];
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [x, y, w, h] of bars)
    for (let row = Math.round(y * scale); row < Math.round((y + h) * scale); row += 1)
      for (let at = Math.round(x * scale); at < Math.round((x + w) * scale); at += 1)
        data.set([0, 0, 0, 255], (row * width + at) * 4);
  return { width, height: width, data };
}

describe('a sheet as SVG', () => {
  it('has a QR code that a reader reads for each token but the voided one, on two pages', async () => {
    const svg = (await whole(svgFile(codes(), tokens.length))).toString();
    const paths = [...svg.matchAll(/<path d="([^"]+)"/g)].map(([, path = '']) => path);
    expect(paths).toHaveLength(39);
    const bars = [...(paths[0] ?? '').matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)/g)];
    const image = printed(bars.map(([, x, y, w, h]) => [Number(x), Number(y), Number(w), Number(h)]));
    expect(decodeQR(image)).toBe(`https://scan.test/s/${codeAt(1)}`);
    expect(svg).toContain('height="594mm"');
    expect(svg).toContain('VOID');
  });

  it('has no markup of a serial, and nothing that is loaded', async () => {
    const svg = (await whole(svgFile(codes(), tokens.length))).toString();
    expect(svg).toContain('&lt;/text&gt;&lt;script&gt;');
    expect(svg).not.toMatch(/<script|href|url\(/);
  });
});

describe('a sheet as PDF', () => {
  it('draws the same codes, and writes serials as hex', async () => {
    const pdf = (await whole(pdfFile(codes(), new Date(0)))).toString('latin1');
    expect(pdf.startsWith('%PDF-')).toBe(true);
    const streams = [...pdf.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, bytes = '']) => {
      try {
        return [inflateSync(Buffer.from(bytes, 'latin1')).toString('latin1')];
      } catch {
        return [];
      }
    });
    const pages = streams.filter((text) => text.includes(' re\n'));
    expect(pages).toHaveLength(2);
    expect(pages.join('')).not.toMatch(/\(/);
    expect(pages[0]?.match(/^f$/gm)).toHaveLength(34);
  });
});

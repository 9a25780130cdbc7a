import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.mjs';
import { PLATE, pixelsOf, pngOf, SIGNS } from './draw.mjs';

const FOLDER = join(ROOT, 'resources', 'tray');
const STATES = Object.keys(SIGNS) as (keyof typeof SIGNS)[];

/** Rows of a PNG file of ours, whose one `IDAT` follows its 13 bytes of header; how it was packed may differ from zlib to zlib. */
function rowsOf(file: Buffer): Buffer {
  const length = file.readUInt32BE(33);
  expect(file.subarray(37, 41).toString('ascii')).toBe('IDAT');
  return inflateSync(file.subarray(41, 41 + length));
}

describe('the icons of the tray', () => {
  it('are what the script draws, in both sizes, and nothing else lies beside them', () => {
    const drawn = STATES.flatMap((state) => [`${state}.png`, `${state}@2x.png`]);
    expect(readdirSync(FOLDER).sort()).toEqual(drawn.sort());
    for (const state of STATES)
      for (const scale of [1, 2]) {
        const file = readFileSync(join(FOLDER, `${state}${scale === 1 ? '' : '@2x'}.png`));
        expect(file.readUInt32BE(16)).toBe(PLATE * scale);
        expect(rowsOf(file).equals(rowsOf(pngOf(pixelsOf(state, scale), PLATE * scale))), state).toBe(true);
      }
  });

  it('are told from each other by their shape alone, in grey as well', () => {
    const shapeOf = (state: keyof typeof SIGNS): string => {
      let text = '';
      for (let at = 0; at < PLATE * PLATE; at += 1)
        text += SIGNS[state].shape((at % PLATE) + 0.5, Math.floor(at / PLATE) + 0.5) ? '#' : '.';
      return text;
    };
    const shapes = STATES.map(shapeOf);
    for (const [i, one] of shapes.entries())
      for (const other of shapes.slice(i + 1)) {
        const differing = [...one].filter((mark, at) => mark !== other[at]).length;
        expect(differing).toBeGreaterThan(30);
      }
  });
});

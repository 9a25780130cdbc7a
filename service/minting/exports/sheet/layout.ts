import { setImmediate } from 'node:timers/promises';
import encodeQR from 'qr';
import { showTokenCode } from '../../../../shared/ids/token-code.ts';
import { codeOf, type OpenCode, scanUrl } from '../rows.ts';
import type { StoredToken } from '../store.ts';

/** A4 upright in millimetres, with what every printer leaves free. */
export const PAGE = { width: 210, height: 297 } as const;
const MARGIN = { left: 10, top: 10 } as const;
const GRID = { columns: 5, rows: 7 } as const;
const CELL = { width: 38, height: 39.5 } as const;
/** With its quiet zone: a module is about 0.7 mm, which a phone reads from a hand's breadth. */
const QR_SIZE = 30;
/** ISO/IEC 18004 section 9.1: four modules. */
const QUIET_MODULES = 4;
export const PER_PAGE = GRID.columns * GRID.rows;
/** Encoding takes a millisecond or two each: others are let in between. */
const AT_A_TIME = 8;

/** A horizontal run of dark modules, in millimetres on its page, from the upper left corner. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly x: number;
  readonly y: number;
  /** Height of the letters. */
  readonly size: number;
  readonly text: string;
}

/** One code where it is printed. A voided token has no QR code: nobody should put it on anything. */
export interface PlacedCode {
  readonly page: number;
  readonly bars: readonly Bar[];
  readonly lines: readonly Line[];
}

function barsOf(url: string, left: number, top: number): Bar[] {
  const modules = encodeQR(url, 'raw', { ecc: 'medium', border: QUIET_MODULES });
  const size = QR_SIZE / modules.length;
  return modules.flatMap((row, y) => {
    const bars: Bar[] = [];
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      bars.push({ x: left + from * size, y: top + y * size, width: (x + 1 - from) * size, height: size });
    }
    return bars;
  });
}

function placed(token: StoredToken, index: number, code: string, url: string): PlacedCode {
  const onPage = index % PER_PAGE;
  const left = MARGIN.left + (onPage % GRID.columns) * CELL.width;
  const top = MARGIN.top + Math.floor(onPage / GRID.columns) * CELL.height;
  const x = left + CELL.width / 2;
  const isVoid = token.state === 'voided';
  const label = isVoid ? 'VOID' : showTokenCode(code);
  return {
    page: Math.floor(index / PER_PAGE),
    bars: isVoid ? [] : barsOf(url, left + (CELL.width - QR_SIZE) / 2, top),
    lines: [
      { x, y: top + QR_SIZE + 2.6, size: 2.6, text: token.serial },
      { x, y: top + QR_SIZE + 5.4, size: 1.7, text: label },
    ],
  };
}

export interface SheetParts {
  readonly tokens: AsyncIterable<readonly StoredToken[]>;
  readonly openCode: OpenCode;
  readonly resolverOrigin: string;
  progress(rows: number): Promise<void>;
}

/** The codes of a sheet in the order of their positions, each with its place. */
export async function* placedCodes(parts: SheetParts): AsyncGenerator<PlacedCode> {
  let index = 0;
  for await (const tokens of parts.tokens) {
    for (const token of tokens) {
      const code = codeOf(token, parts.openCode);
      yield placed(token, index, code, scanUrl(parts.resolverOrigin, code) ?? '');
      index += 1;
      if (index % AT_A_TIME === 0) await setImmediate();
    }
    await parts.progress(index);
  }
}

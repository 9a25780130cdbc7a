import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FUSES } from '../../electron/diagnostics/fuses.ts';
import { fusesOf, readFuses, SHIPPED_FUSES, setFuses, TWIN_FUSE } from './fuses.mjs';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-fuses-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const program = (wire: string) => {
  const path = join(folder, 'electron');
  writeFileSync(
    path,
    Buffer.concat([
      Buffer.from(`head${SENTINEL}`),
      Buffer.from([1, wire.length]),
      Buffer.from(`${wire}tail`),
    ]),
  );
  return path;
};

describe('fuses', () => {
  it('are set, whatever they were, and nothing else of the program changes', async () => {
    for (const wire of ['10110010', '00000000', '11111111']) {
      const path = program(wire);
      await setFuses(path, false);
      expect(readFileSync(path, 'latin1')).toBe(`head${SENTINEL}\u0001\u000801001100tail`);
      expect(await readFuses(path)).toEqual(SHIPPED_FUSES);
    }
  });

  it('of the twin differ in the one that its driver needs', async () => {
    const path = program('00000000');
    await setFuses(path, true);
    expect((await readFuses(path)).filter(([name, on]) => on !== new Map(SHIPPED_FUSES).get(name))).toEqual([
      [TWIN_FUSE, true],
    ]);
    expect(fusesOf(false)).toEqual(SHIPPED_FUSES);
  });

  it('that a program lacks stop the packaging', async () => {
    await expect(setFuses(program('000000'), false)).rejects.toThrow();
    writeFileSync(join(folder, 'plain'), 'no fuses here');
    await expect(setFuses(join(folder, 'plain'), false)).rejects.toThrow();
  });

  it('are the ones that the console looks for in itself', () => {
    expect(FUSES).toEqual(SHIPPED_FUSES);
  });
});

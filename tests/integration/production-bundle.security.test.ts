import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GUARD } from '../../build/packaging/twin.mjs';

const OUT = resolve(import.meta.dirname, '..', '..', 'out');

/** What the desktop side was built to, by path; maps are never shipped. */
const built = (): [path: string, text: string][] =>
  ['main', 'preload', 'renderer', 'service'].flatMap((folder) =>
    readdirSync(join(OUT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(OUT.length + 1), readFileSync(path, 'latin1')];
      }),
  );

const holding = (text: string) =>
  built()
    .filter(([, code]) => code.includes(text))
    .map(([path]) => path);

describe('the production bundle', () => {
  it('holds nothing of @electron/remote and nothing of the developer’s diagnostics', () => {
    for (const telling of [
      '@electron/remote',
      'REMOTE_BROWSER',
      'electron/developer/open',
      'sallyportDeveloperReport',
    ])
      expect(holding(telling), telling).toEqual([]);
    expect(existsSync(join(OUT, 'preload', 'developer.cjs'))).toBe(false);
    expect(readdirSync(join(OUT, 'preload')).sort()).toEqual(['app.cjs', 'trusted.cjs']);
    // The same search finds what is there.
    expect(holding('utilityProcess')).toContain('main/main.js');
  });

  it('says once that the guard of the debugging port is on', () => {
    expect(holding(GUARD.shipped)).toEqual(['main/main.js']);
    expect(readFileSync(join(OUT, 'main', 'main.js'), 'utf8').split(GUARD.shipped)).toHaveLength(2);
    expect(holding(GUARD.twin)).toEqual([]);
  });
});

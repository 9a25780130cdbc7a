import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const OUT = resolve(import.meta.dirname, '..', '..', '..', 'out');

/** What other processes, the packager and the tour start by name. */
const OUTPUTS = [
  ...['main/main.js', 'main/keeper.js', 'preload/app.cjs', 'preload/trusted.cjs'],
  ...['renderer/index.html', 'renderer/trusted.html'],
  ...[
    'service/launcher.js',
    'service/database.js',
    'service/integrator.js',
    'service/api.js',
    'service/resolver.js',
  ],
  ...['tools/simulate.js', 'tools/bench.js', 'tools/tour.js'],
];

describe('the build', () => {
  it.each(OUTPUTS)('leaves out/%s', (path) => {
    expect(existsSync(join(OUT, path))).toBe(true);
  });

  it.each(['preload/app.cjs', 'preload/trusted.cjs'])(
    'bundles all of %s: a sandbox resolves only electron',
    (path) => {
      const required = readFileSync(join(OUT, path), 'utf8').matchAll(/\brequire\(['"`]([^'"`]+)['"`]\)/g);
      expect([...required].map(([, name]) => name).filter((name) => name !== 'electron')).toEqual([]);
    },
  );

  it.each(['renderer/index.html', 'renderer/trusted.html'])('leaves nothing inline in %s', (path) => {
    const html = readFileSync(join(OUT, path), 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/i);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/i);
  });

  it('gives the trusted windows a bundle of their own', () => {
    const scripts = (page: string): string[] =>
      [...readFileSync(join(OUT, 'renderer', page), 'utf8').matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(
        ([, path]) => path ?? '',
      );
    const shared = scripts('trusted.html').filter((path) => scripts('index.html').includes(path));
    expect(scripts('trusted.html').length).toBeGreaterThan(0);
    expect(shared).toEqual([]);
  });
});

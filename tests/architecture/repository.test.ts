import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { licenceList, mayBeShipped } from '../../build/packaging/licences.mjs';
import { productionDependencies } from '../../build/packaging/lockfile.mjs';
import { sourceFiles, textOf } from '../../build/walls/survey.mjs';
import { TESTS } from '../../build/walls.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Made by tools, or text that is not ours. */
const NOT_OURS = new Set(['node_modules', '.git', '.cache', 'out', 'dist', 'artifacts', 'LICENSE']);

const BINARY = /\.(?:png|ico|icns|woff2|asar)$/;

/** Every committed text file (a clean clone holds nothing else). */
const textFiles = (folder = ''): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (folder === '' && NOT_OURS.has(entry.name)) return [];
    if (entry.isDirectory()) return textFiles(path);
    return entry.isFile() && !BINARY.test(path) ? [path] : [];
  });

const rooms = (plane: string): string[] => {
  const folder = join(ROOT, plane);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${plane}/${name}`);
};

describe('every room says what it is', () => {
  it.each([...rooms('service'), ...rooms('electron'), ...rooms('renderer'), 'shared'])('%s', (room) => {
    const path = join(ROOT, room, 'README.md');
    expect(existsSync(path), `${room}/README.md is missing`).toBe(true);
    // What lives here, what may touch it, the invariant: about ten lines.
    expect(readFileSync(path, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });
});

describe('source files', () => {
  it('are short: the median has at most 100 lines', () => {
    const lengths = sourceFiles(ROOT)
      .filter((file) => !TESTS.test(file))
      .map((file) => textOf(ROOT, file).split('\n').length)
      .sort((left, right) => left - right);
    expect(lengths.length).toBeGreaterThan(100);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(100);
  });

  it('are kept under 300 lines, and functions under 45 (90 with JSX), by the linter', () => {
    const { linter, overrides } = JSON.parse(textOf(ROOT, 'biome.json'));
    expect(linter.rules.style.noExcessiveLinesPerFile).toMatchObject({
      level: 'error',
      options: { maxLines: 300 },
    });
    expect(linter.rules.complexity.noExcessiveLinesPerFunction.options.maxLines).toBe(45);
    expect(overrides[0].linter.rules.complexity.noExcessiveLinesPerFunction.options.maxLines).toBe(90);
  });

  it('excuse themselves from a length rule in at most five places', () => {
    const excused = sourceFiles(ROOT).filter((file) =>
      /biome-ignore[^\n]*noExcessiveLines/.test(textOf(ROOT, file)),
    );
    expect(excused.length, excused.join('\n')).toBeLessThanOrEqual(5);
  });
});

/** What would tie a clone to the machine or the network that it was written on. */
const PRIVATE: [what: string, pattern: RegExp][] = [
  ['a path of one machine', /(?:^|[\s'"`(=:])\/(?:work|root|home\/\w+|Users\/\w+)\/\w/m],
  ['a registry host', /\bregistry\.[a-z0-9-]+\.[a-z]{2,}/i],
  ['a resolved package address', /"resolved":\s*"https?:/],
];

describe('no committed file names', () => {
  const files = textFiles().filter((file) => !file.endsWith('repository.test.ts'));

  it.each(PRIVATE)('%s', (_what, pattern) => {
    expect(files.length).toBeGreaterThan(200);
    expect(files.filter((file) => pattern.test(textOf(ROOT, file)))).toEqual([]);
  });

  it('such a thing unseen: the patterns find what they are for', () => {
    const examples = [
      "cd '/root/project'",
      'see https://registry.example.org/x',
      '"resolved": "https://x/y.tgz"',
    ];
    for (const [index, example] of examples.entries()) expect(PRIVATE[index]?.[1].test(example)).toBe(true);
  });
});

describe('documents', () => {
  const documents = textFiles().filter((file) => /^(?:docs\/)?[\w-]+\.md$/.test(file));
  const linksOf = (text: string): string[] =>
    [...text.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, path]) => path ?? '');

  it.each(documents)('%s links to what is there', (file) => {
    const missing = linksOf(textOf(ROOT, file)).filter((path) => !existsSync(join(ROOT, file, '..', path)));
    expect(missing).toEqual([]);
  });

  it('are found with their links, and a link to nothing is one', () => {
    expect(documents).toEqual(
      expect.arrayContaining(['CHANGELOG.md', 'CONTRIBUTING.md', 'docs/SECURITY.md']),
    );
    for (const file of ['CHANGELOG.md', 'CONTRIBUTING.md'])
      expect(linksOf(textOf(ROOT, 'README.md'))).toContain(file);
    expect(linksOf('[a](docs/none.md#x) [b](https://example.org) [c](#here)')).toEqual(['docs/none.md']);
  });
});

describe('dead code', () => {
  it('has no unused file and no unused export', () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints', '--include', 'files,exports'],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(status, `${stdout}${stderr}`).toBe(0);
  });
});

describe('the lock file', () => {
  it('names every package exactly once, with its integrity', () => {
    const { packages } = JSON.parse(textOf(ROOT, 'package-lock.json'));
    const loose = Object.entries<{ integrity?: string; link?: boolean }>(packages)
      .filter(([path, { integrity, link }]) => path !== '' && !integrity && !link)
      .map(([path]) => path);
    expect(loose).toEqual([]);
  });

  it('pins every direct dependency to one version', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(textOf(ROOT, 'package.json'));
    const all: Record<string, string> = { ...dependencies, ...devDependencies, ...optionalDependencies };
    const loose = Object.entries(all).filter(
      ([, range]) => !/^(?:npm:.+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(range),
    );
    expect(loose).toEqual([]);
  });
});

describe('licences of what is shipped', () => {
  const dependencies = productionDependencies(ROOT);

  it('are listed as the lock file has them (node build/licences.mjs writes the list)', () => {
    expect(textOf(ROOT, 'docs/LICENCES.md')).toBe(licenceList(dependencies));
  });

  it('are among those that somebody has decided on', () => {
    expect(dependencies.filter(({ license }) => !mayBeShipped(license)).map(({ name }) => name)).toEqual([]);
  });
});

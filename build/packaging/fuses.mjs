import { createRequire } from 'node:module';
import { PackagingError } from './packaging-error.mjs';

/**
 * Where each fuse stands in a shipped console, in the order of the wire (version 1 of electron/build/fuses/fuses.json5).
 * @type {readonly (readonly [name: string, shipped: boolean])[]}
 */
export const SHIPPED_FUSES = [
  ['RunAsNode', false],
  ['EnableCookieEncryption', true],
  ['EnableNodeOptionsEnvironmentVariable', false],
  ['EnableNodeCliInspectArguments', false],
  ['EnableEmbeddedAsarIntegrityValidation', true],
  ['OnlyLoadAppFromAsar', true],
  ['LoadBrowserProcessSpecificV8Snapshot', false],
  ['GrantFileProtocolExtraPrivileges', false],
];

/** The one fuse in which the twin of the end-to-end tests differs: their driver attaches through `--inspect`. */
export const TWIN_FUSE = 'EnableNodeCliInspectArguments';

/** What the wire holds for a fuse: the characters 0, 1, r (removed) and, unset, 0x90. */
const ON = '1'.charCodeAt(0);

/** @returns {typeof import('@electron/fuses')} found late: on a fresh clone the packages appear only during the set-up */
const library = () => createRequire(import.meta.url)('@electron/fuses');

/** @param {boolean} isTwin */
export const fusesOf = (isTwin) =>
  SHIPPED_FUSES.map(
    ([name, shipped]) =>
      /** @type {[string, boolean]} */ ([name, isTwin && name === TWIN_FUSE ? true : shipped]),
  );

/**
 * Reads the fuse wire.
 * @param {string} executable on macOS the `.app`
 * @returns {Promise<[name: string, on: boolean][]>}
 */
export async function readFuses(executable) {
  const { getCurrentFuseWire } = library();
  const wire = /** @type {Record<string, unknown>} */ (await getCurrentFuseWire(executable));
  return SHIPPED_FUSES.map(([name], index) => [name, wire[index] === ON]);
}

/**
 * Sets every fuse, and reads all of them back: what cannot be proven is not packaged.
 * @param {string} executable on macOS the `.app`
 * @param {boolean} isTwin
 */
export async function setFuses(executable, isTwin) {
  const { flipFuses, FuseVersion } = library();
  const wanted = fusesOf(isTwin);
  await flipFuses(executable, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: process.platform === 'darwin',
    ...Object.fromEntries(wanted.map(([, on], index) => [index, on])),
  });
  const found = new Map(await readFuses(executable));
  const wrong = wanted.filter(([name, on]) => found.get(name) !== on).map(([name]) => name);
  if (wrong.length > 0)
    throw new PackagingError('fuses', `These fuses could not be set: ${wrong.join(', ')}.`);
}

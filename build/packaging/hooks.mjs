import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setFuses } from './fuses.mjs';
import { PackagingError } from './packaging-error.mjs';

/** @typedef {Pick<import('electron-builder').AfterPackContext, 'appOutDir' | 'electronPlatformName'> & { packager: { appInfo: { productFilename: string }, executableName?: string } }} Packed */

/** @param {Packed} packed the packed program: on macOS the `.app` */
export function programOf({ appOutDir, electronPlatformName, packager }) {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === 'darwin') return join(appOutDir, `${productFilename}.app`);
  if (electronPlatformName === 'win32') return join(appOutDir, `${productFilename}.exe`);
  return join(appOutDir, packager.executableName ?? productFilename.toLowerCase());
}

/** @param {Packed} packed */
export const resourcesOf = (packed) =>
  packed.electronPlatformName === 'darwin'
    ? join(programOf(packed), 'Contents', 'Resources')
    : join(packed.appOutDir, 'resources');

/**
 * After everything is in place and before anything is signed: the program that Electron starts by itself goes, and the fuses are set.
 * @param {boolean} isTwin
 * @returns {(packed: Packed) => Promise<void>}
 */
export const afterPack = (isTwin) => async (packed) => {
  rmSync(join(resourcesOf(packed), 'default_app.asar'), { force: true });
  await setFuses(programOf(packed), isTwin);
};

/** @typedef {(file: string, args: string[]) => { status: number | null, output: string }} Run */

/** @type {Run} */
const runProgram = (file, args) => {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}` };
};

/**
 * What macOS will ask of a signed package, asked here first: one whole signature, and the hardened runtime.
 * @param {{ signed: boolean, run?: Run }} order
 * @returns {(packed: Packed) => Promise<void>}
 */
export const afterSign =
  ({ signed, run = runProgram }) =>
  async (packed) => {
    if (!signed || packed.electronPlatformName !== 'darwin') return;
    const program = programOf(packed);
    const whole = run('codesign', ['--verify', '--deep', '--strict', '--verbose=2', program]);
    if (whole.status !== 0)
      throw new PackagingError('signature', `The signature of ${program} does not hold:\n${whole.output}`);
    const shown = run('codesign', ['--display', '--verbose=2', program]);
    if (!/flags=0x[0-9a-f]+\([^)]*\bruntime\b[^)]*\)/.test(shown.output))
      throw new PackagingError('signature', `${program} was signed without the hardened runtime.`);
  };

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { builderConfig } from './config.mjs';
import { layOut } from './contents.mjs';
import { writeNotices } from './notices.mjs';
import { mayShip, mustSign } from './signing.mjs';
import { makeTwin } from './twin.mjs';

/** @typedef {import('./signing.mjs').TargetName} TargetName */

/**
 * @typedef {object} Packaging
 * @property {string} root
 * @property {import('../setup/electron.mjs').Runtime} runtime
 * @property {TargetName[]} targets
 * @property {NodeJS.ProcessEnv} env
 * @property {string} [folder] of the output, below `dist/`
 * @property {boolean} [isTwin]
 */

/** @param {import('../setup/electron.mjs').Runtime} runtime a developer's own folder tells its version in a file, as all do */
const versionOf = ({ folder, version }) => {
  const file = join(folder, 'version');
  return version === 'unknown' && existsSync(file)
    ? readFileSync(file, 'utf8').trim().replace(/^v/, '')
    : version;
};

/**
 * Packages the built console.
 * @param {Packaging} order
 * @returns {Promise<string>} the folder that holds what was made
 */
export async function packageConsole({ root, runtime, targets, env, folder = 'package', isTwin = false }) {
  mayShip(runtime, targets);
  const signed = mustSign({ platform: process.platform, targets, env });
  const output = join(root, 'dist', folder);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const contents = join(root, 'dist', 'contents');
  const machine = { platform: process.platform, arch: process.arch };
  layOut({ root, folder: contents, machine });
  const twin = join(root, 'dist', 'contents-of-twin');
  if (isTwin) makeTwin(contents, twin);
  const notices = join(root, 'dist', 'notices');
  writeNotices({ root, folder: notices, runtime: { version: versionOf(runtime) } });
  const { Arch, build, Platform } = await import('electron-builder');
  const config = builderConfig({
    ...{ root, notices, output, signed, isTwin },
    contents: isTwin ? twin : contents,
    runtime: { folder: runtime.folder, version: versionOf(runtime) },
  });
  const arch = process.arch === 'arm64' ? Arch.arm64 : Arch.x64;
  await build({
    projectDir: root,
    targets: Platform.current().createTarget(targets, arch),
    config,
    publish: 'never',
  });
  return output;
}

import { PackagingError } from './packaging-error.mjs';

/** @typedef {'dir' | 'AppImage' | 'deb' | 'dmg' | 'nsis'} TargetName */

/** @type {Readonly<Record<TargetName, NodeJS.Platform | 'any'>>} */
export const TARGETS = { dir: 'any', AppImage: 'linux', deb: 'linux', dmg: 'darwin', nsis: 'win32' };

/**
 * What signs on each system: one group of variables must be set whole. Values are never read here, only that they are there.
 * @type {Partial<Record<NodeJS.Platform, { what: string, ways: string[][] }[]>>}
 */
const SIGNATURES = {
  darwin: [
    { what: 'a Developer ID certificate', ways: [['CSC_LINK', 'CSC_KEY_PASSWORD'], ['CSC_NAME']] },
    {
      what: 'a key of the notary service',
      ways: [['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER']],
    },
  ],
  win32: [
    {
      what: 'a code-signing certificate',
      ways: [
        ['WIN_CSC_LINK', 'WIN_CSC_KEY_PASSWORD'],
        ['CSC_LINK', 'CSC_KEY_PASSWORD'],
      ],
    },
  ],
};

/**
 * Whether this system's packages are signed. A folder is for trying out and is not; whatever leaves the machine is, or is not made.
 * Linux has no signature of its own for these formats: there the signed release manifest vouches for them.
 * @param {{ platform: NodeJS.Platform, targets: readonly TargetName[], env: NodeJS.ProcessEnv }} order
 */
export function mustSign({ platform, targets, env }) {
  const demanded = SIGNATURES[platform];
  if (!demanded || targets.every((target) => target === 'dir')) return false;
  const missing = demanded.filter(
    ({ ways }) => !ways.some((names) => names.every((name) => Boolean(env[name]))),
  );
  if (missing.length === 0) return true;
  const lines = missing.map(
    ({ what, ways }) => `${what}: set ${ways.map((names) => names.join(', ')).join(', or ')}`,
  );
  throw new PackagingError(
    'signing-missing',
    `${targets.join(', ')} would leave this machine unsigned. Missing:\n  ${lines.join('\n  ')}\nOr package for trying out: npm run package -- dir`,
  );
}

/**
 * A runtime that is not the pinned release is packaged for trying out only.
 * @param {{ source: string }} runtime
 * @param {readonly TargetName[]} targets
 */
export function mayShip({ source }, targets) {
  if (source === 'official' || targets.every((target) => target === 'dir')) return;
  throw new PackagingError(
    'runtime-not-for-shipping',
    `${targets.join(', ')} must hold the official Electron; this one is ${source}. Package where its release page can be reached.`,
  );
}

/**
 * @param {readonly string[]} names as typed; none is `dir`
 * @param {NodeJS.Platform} platform
 * @returns {TargetName[]}
 */
export function targetsOf(names, platform) {
  const known = /** @type {TargetName[]} */ (Object.keys(TARGETS));
  const here = known.filter((name) => TARGETS[name] === 'any' || TARGETS[name] === platform);
  return (names.length > 0 ? names : ['dir']).map((name) => {
    const found = here.find((target) => target.toLowerCase() === name.toLowerCase());
    if (found) return found;
    throw new PackagingError(
      'target-unknown',
      `${name} is not made on ${platform}; there are ${here.join(', ')}.`,
    );
  });
}

import { SetupError } from './report.mjs';

/** The first release whose `require` loads ES modules, which vite and its plugins count on. */
const OLDEST = [20, 19];

/** @param {string} version such as `20.19.4` */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(
    'node-too-old',
    `Sallyport needs Node ${OLDEST.join('.')} or newer; this is ${version}.`,
    'install Node 20.19 or newer from https://nodejs.org and run the same command again',
  );
}

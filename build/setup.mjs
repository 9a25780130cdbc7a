import { fileURLToPath } from 'node:url';
import { ROOT } from './paths.mjs';
import { electronRuntime } from './setup/electron.mjs';
import { checkNode } from './setup/node.mjs';
import { installPackages } from './setup/packages.mjs';
import { exitWith, say } from './setup/report.mjs';
import { installSystemLibraries } from './setup/system.mjs';

/**
 * @typedef {object} Needs
 * @property {boolean} desktop the Electron runtime and its libraries
 * @property {boolean} session what a private session without a display is made of
 * @property {boolean} tests what only tests start
 */

/**
 * Brings a fresh clone to the point where a command can run, and says what it does. What is there already is left
 * alone. Uses Node's own modules only until the npm packages are installed.
 * @param {Needs} needs
 */
export async function setUp(needs) {
  checkNode();
  // Side by side: one waits for the registry while the other unpacks.
  const outcomes = await Promise.allSettled([installPackages(ROOT), installSystemLibraries(needs)]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return needs.desktop ? { electron: await electronRuntime() } : {};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await exitWith(async () => {
    const { electron } = await setUp({ desktop: true, session: true, tests: true });
    say(`ready: Electron ${electron?.version} (${electron?.source}) in ${electron?.folder}`);
    return 0;
  });
}

import { packageConsole } from '../packaging/package.mjs';
import { PackagingError } from '../packaging/packaging-error.mjs';
import { targetsOf } from '../packaging/signing.mjs';
import { say } from '../setup/report.mjs';
import { foreground } from './child.mjs';
import { compile } from './compile.mjs';

/** @typedef {import('./jobs.mjs').Context} Context */

/** A package never holds what is a developer's own, whatever the environment asks for. @param {NodeJS.ProcessEnv} env */
const production = (env) => ({ ...env, SALLYPORT_DEVELOPER: '' });

/**
 * `npm run package -- [dir] [AppImage] [deb] [dmg] [nsis]`
 * @param {Context} context
 */
export async function packageJob({ root, env, args, electron }) {
  if (!electron) throw new Error('a package needs the Electron runtime');
  try {
    // Asked before anything is built: whoever lacks a certificate learns it at once.
    const targets = targetsOf(args, process.platform);
    const status = await compile(['desktop', 'service'], { root, env: production(env) });
    if (status !== 0) return status;
    say(`packaged: ${await packageConsole({ root, runtime: electron, targets, env })}`);
    return 0;
  } catch (error) {
    if (!(error instanceof PackagingError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    return 1;
  }
}

/**
 * Packages the console and its twin, looks at the one from outside, drives the other through every end-to-end test, and opens a
 * developer's own build. `--only shipped,console,developer` picks; what else stands there narrows the specs.
 * @param {Context} context
 */
export async function testPackaged({ root, env, args, electron }) {
  if (!electron) throw new Error('a package needs the Electron runtime');
  const only = args.indexOf('--only');
  const chosen = only < 0 ? Object.keys(PROJECTS) : (args[only + 1] ?? '').split(',');
  const filters = only < 0 ? args : args.toSpliced(only, 2);
  for (const project of chosen) {
    const prepare = PROJECTS[project];
    if (!prepare) throw new Error(`no such part: ${project} (there are ${Object.keys(PROJECTS).join(', ')})`);
    const found = await prepare({ root, runtime: electron, targets: targetsOf([], process.platform), env });
    const command = [
      'node_modules/playwright/cli.js',
      'test',
      ...filters,
      `--project=${project}`,
      '--reporter=list',
    ];
    const failed = found && (await foreground(process.execPath, command, { cwd: root, env: found }));
    if (failed !== 0) return 1;
  }
  return 0;
}

/** @typedef {import('../packaging/package.mjs').Packaging} Packaging */

/**
 * What each part needs before its specs run, and what they find it by; nothing when it could not be built.
 * @type {Record<string, (order: Packaging) => Promise<NodeJS.ProcessEnv | undefined>>}
 */
const PROJECTS = {
  shipped: async (order) => {
    const env = await built(order, production(order.env));
    if (!env) return undefined;
    await packageConsole({ ...order, folder: 'again' });
    await packageConsole(order);
    await packageConsole({ ...order, folder: 'twin', isTwin: true });
    return { ...env, SALLYPORT_PACKAGED: `${order.root}/dist` };
  },
  console: async (order) => {
    const env = await built(order, production(order.env));
    if (!env) return undefined;
    await packageConsole({ ...order, folder: 'twin', isTwin: true });
    return { ...env, SALLYPORT_PACKAGED: `${order.root}/dist` };
  },
  developer: (order) => built(order, { ...order.env, SALLYPORT_DEVELOPER: '1' }),
};

/** @param {Packaging} order @param {NodeJS.ProcessEnv} env */
const built = async ({ root }, env) =>
  (await compile(['desktop', 'service', 'tools'], { root, env })) === 0 ? env : undefined;

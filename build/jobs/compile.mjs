import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../setup/lock.mjs';
import { say } from '../setup/report.mjs';
import { run, tail } from '../setup/run.mjs';

/** @typedef {'desktop' | 'service' | 'tools'} Target */

const SOURCES = [
  ...['shared', 'service', 'electron', 'renderer', 'tools', 'resources'],
  ...['build/externals.ts', 'build/vite.service.config.ts', 'electron.vite.config.ts', 'package-lock.json'],
];

/** electron-vite drafts a file beside its configuration, and a staged run can write nothing beside the sources. */
const DESKTOP_CONFIG = 'out/electron.vite.config.ts';

const VITE = 'node_modules/vite/bin/vite.js';

/** @type {Record<Target, { folders: string[], command: string[] }>} */
const TARGETS = {
  desktop: {
    folders: ['main', 'preload', 'renderer'],
    command: [
      ...['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
      ...['--config', DESKTOP_CONFIG],
    ],
  },
  service: {
    folders: ['service'],
    command: [VITE, 'build', '-c', 'build/vite.service.config.ts', '--mode', 'service', '--logLevel', 'warn'],
  },
  tools: {
    folders: ['tools'],
    command: [VITE, 'build', '-c', 'build/vite.service.config.ts', '--mode', 'tools', '--logLevel', 'warn'],
  },
};

/**
 * The content of everything a bundle is made from; times would lie after a checkout.
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash('sha256').update(process.version);
  const visit = (/** @type {string} */ path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) visit(join(path, name));
    } else if (!/\.test\.tsx?$/.test(path)) {
      hash.update(`${path}\0`).update(createHash('sha256').update(readFileSync(full)).digest());
    }
  };
  for (const source of SOURCES) visit(source);
  return hash.digest('hex');
}

/**
 * Builds what is older than its sources.
 * @param {Target[]} targets
 * @param {{ root: string, env: NodeJS.ProcessEnv }} place
 * @returns {Promise<number>}
 */
export async function compile(targets, { root, env }) {
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(join(root, DESKTOP_CONFIG), "export { default } from '../electron.vite.config.ts';\n");
  return withLock(join(root, 'out', '.lock'), async () => {
    const sources = fingerprint(root);
    for (const target of targets) {
      // A developer's own build is another one.
      const now = target === 'desktop' && env.SALLYPORT_DEVELOPER === '1' ? `${sources} developer` : sources;
      const stamp = join(root, 'out', `.${target}`);
      if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) continue;
      rmSync(stamp, { force: true });
      const status = await build(target, root, env);
      if (status !== 0) return status;
      writeFileSync(stamp, now);
    }
    return 0;
  });
}

/**
 * @param {Target} target
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
async function build(target, root, env) {
  const { folders, command } = TARGETS[target];
  for (const folder of folders) rmSync(join(root, 'out', folder), { recursive: true, force: true });
  const began = performance.now();
  const { status, output } = await run(process.execPath, command, {
    cwd: root,
    env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  if (status === 0) say(`build of ${target}: done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  else process.stderr.write(`${tail(output, 60)}\n`);
  return status;
}

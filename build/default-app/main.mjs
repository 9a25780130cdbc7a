/**
 * What Electron starts when it is given a path: the stand-in for the archive of the same name in an official release.
 * Usage: electron [-r MODULE]... [SWITCHES] PATH [ARGUMENTS]
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** Two setters that Electron keeps for exactly this program, outside its public types. @type {any} */
const host = app;

/** @param {string[]} args */
function read(args) {
  const preload = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '-r' || argument === '--require') preload.push(args[++index] ?? '');
    else if (!argument.startsWith('-')) return { preload, path: resolve(argument) };
  }
  return { preload, path: undefined };
}

/** @param {string} path */
async function load(path) {
  const folder = statSync(path).isDirectory() ? path : undefined;
  const manifestPath = folder && join(folder, 'package.json');
  const manifest =
    manifestPath && existsSync(manifestPath) ? JSON.parse(readFileSync(manifestPath, 'utf8')) : {};
  if (manifest.productName ?? manifest.name) app.setName(manifest.productName ?? manifest.name);
  if (manifest.version) host.setVersion(manifest.version);
  host.setAppPath(folder ?? dirname(path));
  await import(pathToFileURL(folder ? join(folder, manifest.main ?? 'index.js') : path).href);
}

const { preload, path } = read(process.argv.slice(1));
Object.assign(process, { defaultApp: true });
const require = createRequire(import.meta.url);
for (const module of preload) require(module);

if (path === undefined) {
  process.stderr.write('usage: electron PATH\n');
  app.exit(2);
} else {
  // Awaited: Electron holds `ready` back until this module has run, and a program must be able to act before it.
  await load(path).catch((error) => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    app.exit(1);
  });
}

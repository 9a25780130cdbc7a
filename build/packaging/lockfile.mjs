import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Entry
 * @property {string} version
 * @property {string} integrity
 * @property {string} license
 * @property {string} [name] where it is installed under another name
 * @property {boolean} [dev]
 * @property {boolean} [devOptional]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @typedef {object} Dependency
 * @property {string} path where npm puts it
 * @property {string} name as published
 * @property {string} version
 * @property {string} license SPDX identifier or expression
 * @property {string} sha512 of the published archive, in hex
 * @property {boolean} optional
 * @property {string[] | undefined} os
 * @property {string[] | undefined} cpu
 * @property {string[]} needs paths of what it depends on
 */

/** @param {string} root @returns {Record<string, Entry>} */
const packagesOf = (root) => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

/** @param {string} path such as `node_modules/a/node_modules/@b/c` */
const nameAt = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/**
 * Where a package finds another: beside itself, or with one of those around it.
 * @param {Record<string, Entry>} packages
 * @param {string} from
 * @param {string} name
 */
function resolveFrom(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (path in packages) return path;
    if (at === '') return undefined;
  }
}

/** @param {string} integrity `sha512-` and base64 */
const hexOf = (integrity) => Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');

/**
 * Everything that may run with the console, as the lock file has it: all but what only developers need.
 * @param {string} root
 * @returns {Dependency[]} sorted by path
 */
export function productionDependencies(root) {
  const packages = packagesOf(root);
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, entry]) => ({
      ...{ path, name: entry.name ?? nameAt(path), version: entry.version, license: entry.license },
      ...{ sha512: hexOf(entry.integrity), optional: entry.optional === true, os: entry.os, cpu: entry.cpu },
      needs: Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .flatMap((name) => resolveFrom(packages, path, name) ?? [])
        .sort(),
    }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

/**
 * Those that this system installs; the rest of the lock file is for others.
 * @param {Dependency[]} dependencies
 * @param {{ platform: NodeJS.Platform, arch: string }} machine
 */
export const forMachine = (dependencies, { platform, arch }) =>
  dependencies.filter(({ os, cpu }) => (!os || os.includes(platform)) && (!cpu || cpu.includes(arch)));

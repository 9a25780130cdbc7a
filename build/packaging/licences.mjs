import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('./lockfile.mjs').Dependency} Dependency */

/** What may be shipped inside an Apache-2.0 product without asking anybody; another licence is a decision, not an update. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense']);

/**
 * @param {string} license SPDX expression: one of an OR is enough, an AND needs all
 * @returns {boolean}
 */
export function mayBeShipped(license) {
  const plain = license.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(plain)) return false;
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one)));
}

/** @param {Dependency[]} dependencies @returns {Dependency[]} one of each name and version */
const distinct = (dependencies) => [
  ...new Map(dependencies.map((one) => [`${one.name}@${one.version}`, one])).values(),
];

/**
 * The list that is committed as docs/LICENCES.md.
 * @param {Dependency[]} dependencies
 */
export function licenceList(dependencies) {
  const rows = distinct(dependencies)
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  return `# Licences of what is shipped

Written from \`package-lock.json\` by \`node build/licences.mjs\`; a test compares the two and refuses a licence that nobody has decided on.
Packages for every system stand here; a package for one system holds its own. Electron (MIT, with Chromium's own notices beside the
program) and PostgreSQL (PostgreSQL licence) come with them. The texts are in every package, under \`notices/\`.

| package | version | licence |
|---|---|---|
${rows.join('\n')}
`;
}

const TEXT = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * The licence texts of what this machine installed, as their authors wrote them.
 * @param {string} root
 * @param {Dependency[]} dependencies
 */
export function licenceTexts(root, dependencies) {
  return distinct(dependencies)
    .map(({ path, name, version, license }) => {
      const folder = join(root, path);
      const files = existsSync(folder)
        ? readdirSync(folder)
            .filter((file) => TEXT.test(file))
            .sort()
        : [];
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, '='.repeat(72), ...texts, ''].join('\n');
    })
    .join('\n');
}

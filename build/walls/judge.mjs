import { ELECTRON_NAMES, GLOBALS, PACKAGE_FILES, TESTS, ZONES } from '../walls.mjs';

/** @typedef {{ file: string, to: string, kind: 'file' | 'package' | 'builtin' | 'unresolved' }} Import */

/** @param {string} name @param {string[]} allowed a trailing `*` stands for any ending */
function matches(name, allowed) {
  return allowed.some((entry) =>
    entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry,
  );
}

/** @param {string} path @returns {string | undefined} `tests` for tests, nothing for a file outside every zone */
export function zoneOf(path) {
  if (TESTS.test(path)) return 'tests';
  const [best] = Object.entries(ZONES)
    .flatMap(([name, { at }]) =>
      at.filter((start) => path.startsWith(start)).map((start) => ({ name, start })),
    )
    .sort((left, right) => right.start.length - left.start.length);
  return best?.name;
}

/** @param {string} specifier such as `@noble/hashes/sha2.js` */
export function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/**
 * Why an import may not be, or nothing.
 * @param {Import} edge
 */
export function objection({ file, to, kind }) {
  const zone = zoneOf(file);
  if (zone === undefined) return `${file} lies in no zone`;
  if (zone === 'tests') return undefined;
  const { zones = [], packages = [], node = false } = ZONES[zone] ?? {};
  if (kind === 'unresolved') return `${file} imports ${to}, which does not exist`;
  if (kind === 'builtin') return node ? undefined : `${file} (${zone}) -> ${to}: no Node modules here`;
  if (kind === 'package') return packageObjection(file, zone, packageOf(to), packages);
  const target = zoneOf(to);
  if (target === zone || (target !== undefined && matches(target, zones))) return undefined;
  return `${file} (${zone}) -> ${to} (${target ?? 'no zone'})`;
}

/**
 * @param {string} file
 * @param {string} zone
 * @param {string} name
 * @param {string[]} allowed
 */
function packageObjection(file, zone, name, allowed) {
  if (!matches(name, allowed)) return `${file} (${zone}) -> ${name}`;
  const rule = PACKAGE_FILES.find((entry) => entry.package === name && !entry.files.test(file));
  return rule && `${file} (${zone}) -> ${name}: ${rule.why}`;
}

/**
 * @param {string} file
 * @param {string[]} names what the file imports from 'electron'; `*` for all of it at once
 */
export function electronObjections(file, names) {
  const zone = zoneOf(file) ?? '';
  if (zone === 'tests') return [];
  return names.flatMap((name) => {
    if (name === '*') return [`${file} (${zone}) imports all of electron at once: import names`];
    // IpcMain is the type of ipcMain: the same door.
    const door = Object.keys(ELECTRON_NAMES).find((known) => known.toLowerCase() === name.toLowerCase());
    if (!door || ELECTRON_NAMES[door]?.includes(zone)) return [];
    return [`${file} (${zone}) -> electron.${name}: only ${ELECTRON_NAMES[door]?.join(', ')}`];
  });
}

/** Comments may speak of a door; whole-line ones are enough to look past. @param {string} text */
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** @param {string} file @param {string} text */
export function globalObjections(file, text) {
  const zone = zoneOf(file) ?? '';
  if (zone === 'tests' || zone === 'build') return [];
  const code = withoutComments(text);
  return GLOBALS.filter(({ pattern, zones }) => pattern.test(code) && !zones.includes(zone)).map(
    ({ what }) => `${file} (${zone}) touches ${what}`,
  );
}

/**
 * Packages that a zone's code would load, however indirectly, against what it may reach.
 * @param {Import[]} imports
 */
export function reachObjections(imports) {
  /** @type {Map<string, Import[]>} */
  const byFile = new Map();
  for (const edge of imports) byFile.set(edge.file, [...(byFile.get(edge.file) ?? []), edge]);
  return Object.entries(ZONES).flatMap(([zone, { reach }]) => {
    if (!reach) return [];
    const seen = new Set([...byFile.keys()].filter((file) => zoneOf(file) === zone));
    /** @type {string[]} */
    const found = [];
    for (const file of seen) {
      for (const { to, kind } of byFile.get(file) ?? []) {
        if (kind === 'file') seen.add(to);
        if (kind === 'package' && !matches(packageOf(to), reach))
          found.push(`${zone} reaches ${to} by ${file}`);
      }
    }
    return found;
  });
}

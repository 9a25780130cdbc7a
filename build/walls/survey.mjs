import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { cruise } from 'dependency-cruiser';
import ts from 'typescript';
import { SOURCE } from '../walls.mjs';

/** @typedef {import('./judge.mjs').Import} Import */

const FOLDERS = ['shared', 'service', 'electron', 'renderer', 'tools', 'build', 'tests'];

/** Every source file of the repository, from the file system: the cruiser's own count is held against it. @param {string} root */
export function sourceFiles(root) {
  const top = readdirSync(root).filter((name) => /\.config\.[cm]?[jt]s$/.test(name));
  const below = FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && SOURCE.test(entry.name) && !entry.name.endsWith('.d.ts'))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
    } catch {
      return [];
    }
  });
  return [...top, ...below].sort();
}

/**
 * Every import of every source file, type-only ones included.
 * @param {string} root
 * @returns {Promise<{ files: string[], imports: Import[] }>}
 */
export async function survey(root) {
  const { output } = await cruise(
    sourceFiles(root),
    // Before compilation: afterwards type-only imports would be gone.
    { baseDir: root, tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
  );
  if (typeof output === 'string') throw new Error('the cruiser answered with a text');
  const own = output.modules.filter(
    ({ source }) => SOURCE.test(source) && !/(^|\/)node_modules\//.test(source),
  );
  const known = new Set(sourceFiles(root));
  const files = own.map(({ source }) => source).filter((source) => known.has(source));
  const imports = own.flatMap(({ source, dependencies }) =>
    dependencies.map((edge) => importOf(source, edge)),
  );
  return { files, imports };
}

/**
 * @param {string} file
 * @param {import('dependency-cruiser').IDependency} edge
 * @returns {Import}
 */
function importOf(file, { module, resolved, coreModule, couldNotResolve }) {
  if (coreModule || module.startsWith('node:')) return { file, to: module, kind: 'builtin' };
  if (!module.startsWith('.') && !module.startsWith('/')) return { file, to: module, kind: 'package' };
  return { file, to: resolved, kind: couldNotResolve ? 'unresolved' : 'file' };
}

/**
 * The names that a file takes from 'electron'; `*` for the whole module (default, namespace, require, import()).
 * @param {string} file
 * @param {string} text
 */
export function electronNames(file, text) {
  if (!text.includes('electron')) return [];
  /** @type {string[]} */
  const names = [];
  const visit = (/** @type {import('typescript').Node} */ node) => {
    if (ts.isImportDeclaration(node) && isElectron(node.moduleSpecifier))
      names.push(...namesOf(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier && isElectron(node.moduleSpecifier))
      names.push('*');
    else if (ts.isCallExpression(node) && node.arguments[0] && isElectron(node.arguments[0]) && loads(node))
      names.push('*');
    else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      isElectron(node.argument.literal)
    ) {
      names.push('*');
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return names;
}

/** @param {import('typescript').Node} node */
function isElectron(node) {
  return ts.isStringLiteralLike(node) && /^electron(\/|$)/.test(node.text);
}

/** @param {import('typescript').CallExpression} call */
function loads({ expression }) {
  return expression.kind === ts.SyntaxKind.ImportKeyword || /require$/i.test(expression.getText());
}

/** @param {import('typescript').ImportClause | undefined} clause */
function namesOf(clause) {
  const bindings = clause?.namedBindings;
  if (clause?.name || !bindings || !ts.isNamedImports(bindings)) return ['*'];
  return bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

/** @param {string} root @param {string} file */
export function textOf(root, file) {
  return readFileSync(join(root, file), 'utf8');
}

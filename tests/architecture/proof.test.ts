import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../../build/walls/survey.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const text = read('docs/PROOF.md');
const FIGURES = 18;
const LEAST_CANARIES = 20;

const part = (heading: string): string => text.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? '';
/** The cells of each row of a table, without its head. */
const rowsOf = (heading: string): string[][] =>
  part(heading)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const figures = rowsOf('The eighteen figures');
const canaries = rowsOf('The canaries of figure 13');
const others = rowsOf('What else must hold');
const found = (pattern: RegExp, of = text) => [...of.matchAll(pattern)].map((match) => match.slice(1));
const PATH = /`((?:[\w.-]+\/)+[\w.-]+\.(?:tsx?|md))`/g;

/** `it.each(rows)` as its names, outermost first. */
function namesOf(callee: ts.Expression): readonly string[] {
  if (ts.isCallExpression(callee)) return namesOf(callee.expression);
  if (ts.isPropertyAccessExpression(callee)) return [...namesOf(callee.expression), callee.name.text];
  return ts.isIdentifier(callee) ? [callee.text] : [];
}

const DISABLED = ['skip', 'todo', 'fixme', 'fails'];
const isText = (node: ts.Node | undefined): node is ts.LiteralExpression | ts.TemplateExpression =>
  node !== undefined && (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node));

/** What the tests of a source are called, and the groups that they stand in; not those that are switched off. */
function titlesOf(source: string, path = 'source.ts'): readonly string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [first = '', ...more] = namesOf(node.expression);
      const [title] = node.arguments;
      const isTest = ['it', 'test', 'describe'].includes(first);
      if (isTest && more.some((name) => DISABLED.includes(name))) return;
      if (isTest && isText(title)) titles.push(title.getText().slice(1, -1));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true));
  return titles;
}

/** Words that whoever runs the file is shown: of a test its titles, of a document its headings, of a program its texts. */
function shownBy(path: string): readonly string[] {
  const source = read(path);
  if (/\.(?:test|spec)\.tsx?$/.test(path)) return titlesOf(source, path);
  if (path.endsWith('.md')) return found(/^#+ (.+)$/gm, source).flat();
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true));
  return texts;
}

describe('the titles of a source', () => {
  it('are those of its tests and groups, and of none that is switched off, nor any other words', () => {
    const source = `
      // it('in a comment')
      const text = "it('in a text')";
      describe.runIf(FULL)(\`group \${n}\`, () => {
        it.each(rows.map((row) => [row.name, row]))('a case of %s', () => expect(a('word')).toBe('word'));
        it('a test', async () => undefined);
        it.skip('a skipped test', () => undefined);
      });
      describe.skip('a skipped group', () => it('a test of it', () => undefined));
      test.fixme('a test to mend', () => undefined);
      it.todo('a test to write');`;
    expect(titlesOf(source)).toEqual([`group $\{n}`, 'a case of %s', 'a test']);
  });
});

/** What a command calls a fault test. */
const wordOf = (path: string): string => path.replace(/^tests\/faults\/|\.test\.ts$/g, '');

describe('docs/PROOF.md', () => {
  it('has each of the eighteen figures, and what else must hold, with a test and a command', () => {
    const numbered = [...new Set(figures.map(([n]) => Number(n)))];
    expect(numbered).toEqual(Array.from({ length: FIGURES }, (_, n) => n + 1));
    expect(others.length).toBeGreaterThan(8);
    for (const row of [...figures, ...others]) {
      const [, , held = '', short = '', whole = '', command = ''] = row.length === 6 ? row : ['', ...row];
      if (held !== 'see there') expect(held, row.join()).toMatch(/^`[^`]+` ".+"$/);
      for (const cell of [short, whole]) expect(cell, row.join()).not.toBe('');
      expect(command, row.join()).toMatch(/^`[^`]+`$/);
    }
  });

  it('names at least twenty canaries, each with the test that looks for it', () => {
    expect(canaries.length).toBeGreaterThanOrEqual(LEAST_CANARIES);
    expect(new Set(canaries.map(([name]) => name)).size).toBe(canaries.length);
    for (const row of canaries) expect(row[2], row.join()).toMatch(/^`[^`]+` ".+"$/);
  });

  it('names files that exist, and words of theirs that whoever runs them is shown', () => {
    const missing = found(PATH).flatMap(([path = '']) => (existsSync(join(ROOT, path)) ? [] : [path]));
    expect(missing).toEqual([]);
    const pairs = found(/`([^`]+)` "([^"|]+)" \|/g);
    expect(pairs.length).toBe(figures.length - 1 + canaries.length + others.length);
    const unshown = pairs.filter(
      ([path = '', words = '']) => !shownBy(path).some((shown) => shown.includes(words)),
    );
    expect(unshown).toEqual([]);
  });

  it('gives commands that find their tests, by variables that somebody reads', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const files = sourceFiles(ROOT);
    const code = files
      .filter((file) => file.startsWith('tests/'))
      .map(read)
      .join('\n');
    for (const row of [...figures, ...others]) {
      const [command = ''] = found(/^`([^`]+)`$/g, row.at(-1)).flat();
      const [, variables = '', script = '', rest = ''] =
        /^((?:\w+=\S+ )*)npm (?:run )?([\w:]+)(?: -- (.+))?$/.exec(command) ?? [];
      expect(scripts, command).toHaveProperty([script]);
      for (const [name = ''] of found(/(\w+)=/g, variables)) expect(code, name).toContain(`env.${name}`);
      if (!['test', 'test:faults'].includes(script)) continue;
      const words = rest
        .replace(/--only [\w,]+/, '')
        .trim()
        .split(' ');
      for (const word of words) {
        const tests = files.filter((file) => file.includes(word) && /\.(?:test|spec)\.tsx?$/.test(file));
        expect(tests, command).not.toEqual([]);
        if (script === 'test:faults')
          expect(
            tests.some((file) => file.startsWith('tests/faults/')),
            command,
          ).toBe(true);
      }
    }
  });

  it('tells the counts that the tests have', () => {
    const all = [...figures, ...others];
    for (const path of sourceFiles(ROOT).filter((one) => one.startsWith('tests/faults/'))) {
      const rows = all.filter((row) => row.join().includes(path) || row.at(-1)?.includes(wordOf(path)));
      const source = read(path);
      // A rate of 0 is none, and a seed is no count.
      const counts = [
        ...found(/(?:FULL|'full') \? ([\d_]+) : ([\d_]+)/g, source).flat(),
        ...found(/env\.\w+(?<!SEED) \?\? ([\d_]+)/g, source).flat(),
      ].map((count) => Number(count.replaceAll('_', '')));
      const told = rows.map((row) => row.slice(-3, -1).join(' ').replaceAll(',', '')).join(' ');
      expect(told.match(/\d+/g)?.map(Number) ?? [], path).toEqual(
        expect.arrayContaining(counts.filter((count) => count > 0)),
      );
    }
  });

  it('has every fault test in it', () => {
    const faults = sourceFiles(ROOT).filter((file) => file.startsWith('tests/faults/'));
    const named = new Set(found(PATH).flat());
    const commands = [...figures, ...others].map((row) => row.at(-1) ?? '').join(' ');
    const unnamed = faults.filter((file) => !named.has(file) && !commands.includes(wordOf(file)));
    expect(unnamed).toEqual([]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

  it('names files that exist, and words that stand in them', () => {
    const missing = found(PATH).flatMap(([path = '']) => (existsSync(join(ROOT, path)) ? [] : [path]));
    expect(missing).toEqual([]);
    const pairs = found(/`([^`]+)` "([^"|]+)" \|/g);
    expect(pairs.length).toBe(figures.length - 1 + canaries.length + others.length);
    expect(pairs.filter(([path = '', words = '']) => !read(path).includes(words))).toEqual([]);
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
    const named = new Set(found(PATH).flat());
    for (const path of [...named].filter((one) => one.startsWith('tests/faults/'))) {
      const rows = [...figures, ...others].filter((row) => row.join().includes(path));
      const counts = found(/FULL \? ([\d_]+) : ([\d_]+)/g, read(path)).map((pair) =>
        pair.map((count) => Number(count.replaceAll('_', ''))),
      );
      const told = rows.map((row) => row.slice(-3, -1).join(' ').replaceAll(',', '')).join(' ');
      for (const [whole, short] of counts)
        expect(told.match(/\d+/g)?.map(Number), path).toEqual(expect.arrayContaining([whole, short]));
    }
  });

  it('has every fault test in it', () => {
    const faults = sourceFiles(ROOT).filter((file) => file.startsWith('tests/faults/'));
    const named = new Set(found(PATH).flat());
    const commands = [...figures, ...others].map((row) => row.at(-1) ?? '').join(' ');
    const unnamed = faults.filter(
      (file) => !named.has(file) && !commands.includes(file.replace(/^tests\/faults\/|\.test\.ts$/g, '')),
    );
    expect(unnamed).toEqual([]);
  });
});

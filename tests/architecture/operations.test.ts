import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { USAGE, VARIABLES } from '../../service/app/config.ts';
import { ROUTES } from '../../shared/http/table.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const text = read('docs/OPERATIONS.md');
const found = (pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? '')),
];

describe('docs/OPERATIONS.md', () => {
  it('names variables that the configuration reads', () => {
    const named = found(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !VARIABLES.includes(name))).toEqual([]);
  });

  it('names commands that package.json has, with flags that they take', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const calls = found(/(npm run [^`\n]+)/g);
    expect(calls.length).toBeGreaterThan(6);
    const usages = [USAGE, read('tools/verify/options.ts'), read('tools/soak/options.ts')].join('\n');
    const known = usages + read('service/app/backup.entry.ts') + read('service/app/restore.entry.ts');
    for (const call of calls) {
      const [, script = ''] = /^npm run (?:-s )?([\w:]+)/.exec(call) ?? [];
      expect(scripts, call).toHaveProperty([script]);
      for (const [flag] of call.split(' -- ')[1]?.matchAll(/--[a-z-]+/g) ?? []) expect(known).toContain(flag);
    }
  });

  it('names files and routes that exist', () => {
    const files = found(/`((?:service|tests)\/[\w./-]+)`/g);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const paths = Object.values(ROUTES).map(({ path }) => path as string);
    const routes = found(/`(?:POST )?(\/(?:api|healthz|readyz)[\w/-]*)/g);
    expect(routes.length).toBeGreaterThan(3);
    expect(routes.filter((path) => !paths.includes(path))).toEqual([]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { REDERIVERS } from '../../service/app/open-log.ts';
import { UNDERIVED } from '../../service/evidence/deep/underived.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const MIGRATIONS = join(ROOT, 'service', 'db', 'migrations');

const migrations = readdirSync(MIGRATIONS).map((name) => readFileSync(join(MIGRATIONS, name), 'utf8'));
const tables = migrations.flatMap((sql) =>
  [...sql.matchAll(/^CREATE (?:UNLOGGED )?TABLE (\w+)/gm)].map(([, name]) => name ?? ''),
);
const rederivers = REDERIVERS.map((open) => open());

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
const table = (head: string, rows: readonly string[]): string => [head, '|---|---|', ...rows].join('\n');

it('deep verification derives every table again, or says in one list why not', () => {
  expect(migrations.join('\n')).not.toMatch(/^(DROP TABLE|ALTER TABLE \w+ RENAME TO)/m);
  const named = [...rederivers, ...UNDERIVED].flatMap((one) => [...one.tables]).sort();
  expect(named).toEqual([...tables, 'schema_migrations'].sort());
});

it('and the document about it says the same', () => {
  const text = readFileSync(join(ROOT, 'docs', 'EVIDENCE.md'), 'utf8');
  const derived = rederivers.map((one) => `| ${one.domain} | ${code(one.tables)} |`).sort();
  expect(text).toContain(table('| derived again | from |', derived));
  const not = UNDERIVED.map(({ why, tables: names }) => `| ${why} | ${code(names)} |`);
  expect(text).toContain(table('| why not | tables |', not));
});

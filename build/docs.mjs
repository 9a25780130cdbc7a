import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

// Writes the compatibility exports of the operator docs, docs/operator-docs.{md,json}, from resources/docs. The test that
// writes them is the one that refuses them when they are out of date, so there is one way to make them.
const { status } = spawnSync(
  process.execPath,
  [
    join('node_modules', 'vitest', 'vitest.mjs'),
    ...['run', '--project', 'architecture', 'tests/architecture/operator-docs.test.ts', '-u'],
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
process.exitCode = status ?? 1;

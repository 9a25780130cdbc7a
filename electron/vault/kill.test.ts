import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFixture } from '../../tests/fixtures/bundle.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { PREVIOUS_FILE, VAULT_FILE } from './files.ts';
import { decodeVault } from './format.ts';

const KILLS = 8;

/** Kills the writer after it has reported this many complete generations, wherever in the next one it then is. */
async function killAfter(writer: string, directory: string, reports: number): Promise<number> {
  const child = fork(writer, [directory], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let last = 0;
  child.on('message', (generation: number) => {
    last = generation;
    if (generation >= reports) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  return last;
}

describe('a writer that is killed', () => {
  let writer = '';

  beforeAll(async () => {
    writer = await bundleFixture('vault-writer');
  }, 60_000);

  it('leaves a vault of the last reported generation or the one after it, and a valid one before', async () => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await using directory = await disposableDirectory();
      const reported = await killAfter(writer, directory.path, 2 + kill);
      const current = decodeVault(await readFile(join(directory.path, VAULT_FILE))).content.generation;
      const previous = decodeVault(await readFile(join(directory.path, PREVIOUS_FILE))).content.generation;
      expect(current).toBeGreaterThanOrEqual(reported);
      expect([current, current - 1]).toContain(previous);
    }
  }, 60_000);
});

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { search } from '../../tests/e2e/parts/memory.ts';
import { bundleFixture } from '../../tests/fixtures/bundle.ts';
import { createVault, disposableDirectory, PASSPHRASE, rootOf, vaultAt } from '../../tests/fixtures/vault.ts';
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

/** The long version: `SALLYPORT_KILLS=200`. */
const INSTANTS = Number(process.env.SALLYPORT_KILLS ?? 8);

/** Kills the holder at a random instant after its first reports. */
async function killSometime(holder: string, directory: string): Promise<number> {
  const child = fork(holder, [directory], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const reports = 1 + Math.floor(Math.random() * 12);
  let last = 0;
  child.on('message', (round: number) => {
    last = round;
    if (round === reports) setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
  });
  await once(child, 'exit');
  return last;
}

describe('a console that is at its secrets', () => {
  let holder = '';

  beforeAll(async () => {
    holder = await bundleFixture('vault-holder');
  }, 60_000);

  it(
    'is killed: it has every secret that it said was there, each with its value, and its journal whole',
    async () => {
      for (let kill = 0; kill < INSTANTS; kill += 1) {
        await using directory = await disposableDirectory();
        const reported = await killSometime(holder, directory.path);
        const { holdings } = await vaultAt(directory.path).unlock(PASSPHRASE, { acceptOlder: false });
        const labels = holdings.list().flatMap(({ label }) => label ?? []);
        const numbered = labels
          .filter((label) => label !== 'passing')
          .map((label) => Number(label.split(' ')[1]));
        expect(numbered).toEqual(numbered.map((_, at) => at + 1));
        expect(numbered.length).toBeGreaterThanOrEqual(reported);
        for (const { id, label } of holdings.list())
          if (label && label !== 'passing')
            expect(await holdings.use(id, 'reveal', (secret) => secret.toString())).toBe(
              `value ${label.split(' ')[1]}`,
            );
        const { uses } = await holdings.journal.recent(1_000);
        expect(uses.some(({ action }) => action === 'journal-restarted')).toBe(false);
      }
    },
    60_000 + INSTANTS * 15_000,
  );

  // The kernel shows a process its memory on Linux only.
  it.skipIf(process.platform !== 'linux')(
    're-keys: no copy of the former root is in its memory',
    async () => {
      await using directory = await disposableDirectory();
      const root = await rootOf(directory.path, await createVault(directory.path));
      const child = fork(holder, [directory.path, 'rekey'], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const searched = () => search(child.pid ?? 0, [['the former root', root]]);
      try {
        await once(child, 'message');
        // The same question finds it while it is in use, so it can fail.
        expect(searched()?.found).toEqual(['the former root']);
        child.send('re-key');
        await once(child, 'message');
        expect(searched()?.found).toEqual([]);
      } finally {
        child.kill('SIGKILL');
      }
    },
    60_000,
  );
});

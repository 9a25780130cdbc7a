import { chmod, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ClusterBench } from '../fixtures/cluster-bench.ts';
import { TEST_ROOT } from '../fixtures/cluster-root.ts';

let bench: ClusterBench;
let dataDir: string;

beforeAll(async () => {
  bench = await ClusterBench.open();
});
beforeEach(async () => {
  dataDir = await bench.fresh();
});
afterEach(() => bench.clear());
afterAll(() => bench.close());

describe('a data directory that cannot be used', () => {
  it.each([
    ['PG_VERSION', 'deleted'],
    ['PG_VERSION', 'truncated'],
    ['global/pg_control', 'deleted'],
    ['global/pg_control', 'truncated'],
    ['postgresql.conf', 'deleted'],
    ['pg_hba.conf', 'truncated'],
    ['global/pg_filenode.map', 'deleted'],
    ['pg_wal', 'deleted'],
  ])('names %s %s and deletes nothing', async (name, how) => {
    await bench.stopped();
    const path = join(dataDir, 'postgres', name);
    if (how === 'deleted') await rm(path, { recursive: true });
    else await truncate(path, 0);
    const before = await readdir(join(dataDir, 'postgres/base'), { recursive: true });
    await expect(bench.start()).rejects.toMatchObject({
      code: 'data-dir-corrupt',
      message: expect.stringMatching(/Nothing was deleted.*backup/),
    });
    const after = await readdir(join(dataDir, 'postgres/base'), { recursive: true });
    // PostgreSQL drops its caches (pg_internal.init) at every start.
    expect(after).toEqual(before.filter((file) => !file.endsWith('.init') || after.includes(file)));
  });

  it('refuses the key of another vault and changes nothing', async () => {
    await bench.stopped();
    await expect(bench.start(new Uint8Array(32).fill(9))).rejects.toMatchObject({
      code: 'data-dir-foreign-key',
    });
    expect((await bench.start(TEST_ROOT)).adopted).toBe(false);
  });

  it('says so when it cannot be written', async () => {
    await mkdir(dataDir, { mode: 0o700 });
    await chmod(bench.base, 0o500);
    await writeFile(join(dataDir, 'x'), '');
    const file = join(bench.base, 'data', 'x');
    bench.dataDir = join(file, 'below-a-file');
    await expect(bench.start()).rejects.toMatchObject({ code: 'data-dir-unwritable' });
    bench.dataDir = join(bench.base, 'other');
    await expect(bench.start()).rejects.toMatchObject({ code: 'data-dir-unwritable' });
    await chmod(bench.base, 0o700);
  });
});

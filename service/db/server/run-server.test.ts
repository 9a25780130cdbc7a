import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Passwords } from '../cluster/bootstrap.ts';
import { runServer } from './run-server.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sallyport-served-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Nobody answers there. */
const start = () =>
  runServer({
    dataDir,
    endpoint: { host: join(dataDir, 'nowhere'), port: 5432, database: 'sallyport' },
    maker: { role: 'dba', password: 'p' },
    passwords: {} as Passwords,
  });
const AWAY = { code: 'database-unreachable' };
const embedded = (name: string) => ({
  code: 'settings-invalid',
  message: expect.stringContaining(`${name}, which`),
});

describe('a data directory for a database on a server', () => {
  it('has no database of its own, and none that is being made or restored', async () => {
    for (const name of ['postgres', `postgres.init-${process.ppid}-Ab12cd`]) {
      await mkdir(join(dataDir, name));
      await expect(start()).rejects.toMatchObject(embedded(name));
      expect(await readdir(dataDir)).toEqual([name]);
      await rm(join(dataDir, name), { recursive: true });
    }
    // Whoever made this one was killed.
    await mkdir(join(dataDir, `postgres.init-${2 ** 22 + 1}-Ab12cd`));
    await expect(start()).rejects.toMatchObject(AWAY);
  });

  it('is looked at again once it is locked: a database may have come meanwhile', async () => {
    // Whoever reads this lock waits until it is written.
    const former = join(dataDir, 'service.lock.1');
    expect(spawnSync('mkfifo', [former]).status).toBe(0);
    const refused = expect(start()).rejects.toMatchObject(embedded('postgres'));
    const written = await open(former, 'w');
    await mkdir(join(dataDir, 'postgres'));
    await rm(former);
    await writeFile(former, '');
    await written.close();
    await refused;
    // It was locked, and is free again.
    expect(await readdir(dataDir)).toEqual(['postgres', 'service.lock.2']);
    expect(await readFile(join(dataDir, 'service.lock.2'), 'utf8')).toBe('');
  });

  it('bears no mark of a server that was not reached', async () => {
    await expect(start()).rejects.toMatchObject(AWAY);
    expect(await readdir(dataDir)).toEqual(['service.lock.1']);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';

let dataDir = '';
let other: ChildProcess | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sallyport-lock-'));
});
afterEach(async () => {
  other?.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

const IN_USE = { code: 'data-dir-in-use', message: expect.stringContaining('Another Sallyport service') };

/** What another process would have left. */
const leave = (n: number, text: string) => writeFile(join(dataDir, `service.lock.${n}`), text);
const textOf = (n: number) => readFile(join(dataDir, `service.lock.${n}`), 'utf8');

async function anotherProcess(): Promise<number> {
  other = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (other.stdout) await once(other.stdout, 'data');
  return other.pid ?? 0;
}

const bornAt = async (pid: number) =>
  (await readFile(`/proc/${pid}/stat`, 'latin1')).replace(/^.*\) /s, '').split(' ')[19];

describe('the lock of a data directory', () => {
  it('has one holder, and the next one when it is let go', async () => {
    const lock = await lockDirectory(dataDir);
    await expect(lockDirectory(dataDir)).rejects.toMatchObject(IN_USE);
    await lock.release();
    await (await lockDirectory(dataDir)).release();
    expect(await readdir(dataDir)).toEqual(['service.lock.2']);
  });

  it('of many at once, also over the lock of one that is dead, goes to one', async () => {
    await leave(7, `${2 ** 22 + 1} 1\n`);
    for (let round = 0; round < 20; round += 1) {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(dataDir)));
      const won = tries.filter(
        (one): one is PromiseFulfilledResult<DirectoryLock> => one.status === 'fulfilled',
      );
      expect(won).toHaveLength(1);
      for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject(IN_USE);
      await won[0]?.value.release();
    }
    expect(await readdir(dataDir)).toEqual(['service.lock.27']);
  });

  it('is not taken from another process that lives, and is from one that was killed', async () => {
    const pid = await anotherProcess();
    const born = process.platform === 'linux' ? await bornAt(pid) : '-';
    await leave(3, `${pid} ${born}\n`);
    await expect(lockDirectory(dataDir)).rejects.toMatchObject(IN_USE);
    expect(await textOf(3)).toBe(`${pid} ${born}\n`);
    other?.kill('SIGKILL');
    if (other) await once(other, 'exit');
    await (await lockDirectory(dataDir)).release();
  });

  it('is nobody’s when its process id is another process’s now, or it says nothing', async () => {
    for (const [n, text] of [
      [1, `${process.pid} 1\n`],
      [3, ''],
      [5, 'x'],
    ] as const) {
      if (process.platform !== 'linux' && n === 1) continue;
      await leave(n, text);
      await (await lockDirectory(dataDir)).release();
    }
    // Systems that do not tell when a process began: it was written before the machine was.
    await leave(9, `${process.pid} -\n`);
    await expect(lockDirectory(dataDir)).rejects.toMatchObject(IN_USE);
    await utimes(join(dataDir, 'service.lock.9'), 1, 1);
    await (await lockDirectory(dataDir)).release();
  });

  it('is not had where nothing can be written', async () => {
    await writeFile(join(dataDir, 'file'), '');
    await expect(lockDirectory(join(dataDir, 'file', 'below'))).rejects.toMatchObject({
      code: 'data-dir-unwritable',
    });
  });
});

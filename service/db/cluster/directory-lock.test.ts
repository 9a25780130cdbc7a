import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { link, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DirectoryLock, lockDirectory, refuseHeld } from './directory-lock.ts';

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

const isLinux = process.platform === 'linux';
const BOOT = isLinux ? readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim() : '-';
const NAMESPACE = isLinux ? (/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '') : '-';
/** A line of a lock, of this machine and of this namespace of processes. */
const holder = (pid: number, born: string, door = '-', namespace = NAMESPACE, boot = BOOT) =>
  `${pid} ${born} ${boot} ${namespace} ${door}\n`;

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
  (await readFile(`/proc/${pid}/stat`, 'latin1')).replace(/^.*\) /s, '').split(' ')[19] ?? '';

describe('the lock of a data directory', () => {
  it('has one holder, and the next one when it is let go', async () => {
    const lock = await lockDirectory(dataDir);
    await expect(lockDirectory(dataDir)).rejects.toMatchObject(IN_USE);
    await lock.release();
    await (await lockDirectory(dataDir)).release();
    expect(await readdir(dataDir)).toEqual(['service.lock.2']);
  });

  it('of many at once, also over the lock of one that is dead, goes to one', async () => {
    await leave(7, holder(2 ** 22 + 1, '1'));
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
    const line = holder(pid, isLinux ? await bornAt(pid) : '-');
    await leave(3, line);
    await expect(lockDirectory(dataDir)).rejects.toMatchObject(IN_USE);
    await expect(refuseHeld(dataDir)).rejects.toMatchObject(IN_USE);
    expect(await textOf(3)).toBe(line);
    other?.kill('SIGKILL');
    if (other) await once(other, 'exit');
    await (await lockDirectory(dataDir)).release();
  });

  it('is nobody’s when its process id is another process’s now, or it says nothing', async () => {
    for (const [n, text] of [
      [1, holder(process.pid, '1')],
      [3, ''],
      [5, 'x'],
    ] as const) {
      if (!isLinux && n === 1) continue;
      await leave(n, text);
      await expect(refuseHeld(dataDir)).resolves.toBeUndefined();
      await (await lockDirectory(dataDir)).release();
    }
    // Systems that do not tell when a process began: it was written before the machine was.
    await leave(9, holder(process.pid, '-'));
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

describe.runIf(isLinux)('the lock of a data directory that two containers of one machine have', () => {
  const ELSEWHERE = {
    code: 'data-dir-in-use',
    message: expect.stringMatching(/remove .*service\.lock\.3 and/),
  };
  const DOOR = '.service-door-0123456789abcdef';
  /** As the other container wrote it: there its process has an id that is nobody’s here, or somebody else’s. */
  const leaveOther = (door: string, pid = 2 ** 22 + 1, boot = BOOT) =>
    leave(3, holder(pid, '7', door, '1', boot));

  it('is held while its holder answers, whoever has its process id here', async () => {
    const server = createServer().listen(join(dataDir, DOOR));
    await once(server, 'listening');
    try {
      for (const pid of [2 ** 22 + 1, process.pid]) {
        await leaveOther(DOOR, pid);
        await expect(lockDirectory(dataDir)).rejects.toMatchObject(IN_USE);
        await expect(refuseHeld(dataDir)).rejects.toMatchObject(IN_USE);
      }
      expect(await readdir(dataDir)).toEqual([DOOR, 'service.lock.3']);
    } finally {
      server.close();
    }
  });

  it('is had by the next one when its holder was killed, and what that left is removed', async () => {
    const server = createServer().listen(join(dataDir, 'door'));
    await once(server, 'listening');
    // A killed process closes its socket, and its file stays.
    await link(join(dataDir, 'door'), join(dataDir, DOOR));
    server.close();
    await once(server, 'close');
    await leaveOther(DOOR);
    await expect(refuseHeld(dataDir)).resolves.toBeUndefined();
    const lock = await lockDirectory(dataDir);
    expect(await readdir(dataDir)).toEqual([
      expect.stringMatching(/^\.service-door-(?!0123456789abcdef)/),
      'service.lock.4',
    ]);
    await lock.release();
    expect(await readdir(dataDir)).toEqual(['service.lock.4']);
  });

  it('is nobody’s to take when nothing can be known of its holder, until a person removes it', async () => {
    // It had no socket, and it had one that is not there.
    for (const door of ['-', DOOR]) {
      await leaveOther(door);
      await expect(lockDirectory(dataDir)).rejects.toMatchObject(ELSEWHERE);
      await expect(refuseHeld(dataDir)).rejects.toMatchObject(ELSEWHERE);
    }
    await rm(join(dataDir, 'service.lock.3'));
    await (await lockDirectory(dataDir)).release();
  });

  it('is nobody’s after the machine was started again', async () => {
    await leaveOther('-', process.pid, '00000000-0000-0000-0000-000000000000');
    await (await lockDirectory(dataDir)).release();
  });

  it('says of its own holder how it is reached, also where a path is too long for a socket', async () => {
    const deep = join(dataDir, 'x'.repeat(120));
    const lock = await lockDirectory(deep);
    const said = (await readFile(join(deep, 'service.lock.1'), 'utf8')).split(' ');
    expect(said.slice(0, 4)).toEqual([String(process.pid), await bornAt(process.pid), BOOT, NAMESPACE]);
    // The same line, as it would be read in another container.
    await writeFile(join(deep, 'service.lock.2'), said.with(3, '1').join(' '));
    await expect(lockDirectory(deep)).rejects.toMatchObject(IN_USE);
    await rm(join(deep, 'service.lock.2'));
    await lock.release();
    expect(await readdir(deep)).toEqual(['service.lock.1']);
  });
});

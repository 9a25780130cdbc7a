import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { heldElsewhere, inUse, onStorage } from './cluster-error.ts';
import { type Door, describeSelf, openDoor, readHolder, stateOf } from './lock-holder.ts';

/**
 * Makes one process of this machine the keeper of a data directory whose database is elsewhere. Each holder has a number of its own,
 * `service.lock.N`, that is one more than that of the holder before: whoever is the first to make the next file takes over from a
 * dead one, and nobody ever removes the newest, so no slow starter can take away what a faster one has just got (decisions 0259, 0303).
 */
const NAME = /^service\.lock\.(\d{1,12})$/;
const at = (dataDir: string, n: number): string => join(dataDir, `service.lock.${n}`);

export interface DirectoryLock {
  release(): Promise<void>;
}

async function numbersIn(dataDir: string): Promise<number[]> {
  const numbers = (await readdir(dataDir)).map((name) => Number(NAME.exec(name)?.[1] ?? Number.NaN));
  return numbers.filter(Number.isInteger).sort((a, b) => b - a);
}

/** Undefined when it went meanwhile: then there is a newer one. */
const ifThere = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

const holderOf = async (path: string) => readHolder((await ifThere(readFile(path, 'utf8'))) ?? '');

/** @throws ClusterError while the lock of this number is held, or may be */
async function refuseKept(dataDir: string, n: number): Promise<void> {
  const path = at(dataDir, n);
  const holder = await holderOf(path);
  if (!holder) return;
  const written = (await ifThere(stat(path)))?.mtimeMs ?? 0;
  const state = await stateOf(holder, dataDir, written);
  if (state === 'alive') throw inUse(dataDir);
  if (state === 'unknown') throw heldElsewhere(dataDir, path);
}

/**
 * For who does not hold the lock, and must not be there together with somebody who does.
 * @throws ClusterError `data-dir-in-use` while a process keeps the directory, or nobody can tell
 */
export const refuseHeld = (dataDir: string): Promise<void> =>
  onStorage(dataDir, async () => {
    const [newest = 0] = await numbersIn(dataDir);
    if (newest > 0) await refuseKept(dataDir, newest);
  });

/** The file appears with what it says. @returns whether nobody was faster */
async function claim(dataDir: string, n: number, door: Door): Promise<boolean> {
  const draft = join(dataDir, `.service-lock-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(draft, describeSelf(door.name), { mode: 0o600, flag: 'wx' });
    await link(draft, at(dataDir, n));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** What a dead holder left. */
async function removeLock(dataDir: string, n: number): Promise<void> {
  const door = (await holderOf(at(dataDir, n)))?.door ?? '-';
  if (door !== '-') await rm(join(dataDir, door), { force: true });
  await rm(at(dataDir, n), { force: true });
}

/** @throws ClusterError when somebody else was faster */
async function takeOver(dataDir: string, own: number, door: Door): Promise<void> {
  if (!(await claim(dataDir, own, door))) throw inUse(dataDir);
  const numbers = await numbersIn(dataDir);
  // So slow that others came and went: this number was used and removed meanwhile.
  const overtaken = numbers.some((n) => n > own);
  for (const n of overtaken ? [own] : numbers.filter((older) => older < own)) await removeLock(dataDir, n);
  if (overtaken) throw inUse(dataDir);
}

/**
 * @param dataDir is made when it is missing
 * @throws ClusterError `data-dir-in-use` while another process keeps it, or nobody can tell
 */
export function lockDirectory(dataDir: string): Promise<DirectoryLock> {
  return onStorage(dataDir, async () => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const [newest = 0] = await numbersIn(dataDir);
    if (newest > 0) await refuseKept(dataDir, newest);
    const own = newest + 1;
    const door = await openDoor(dataDir);
    try {
      await takeOver(dataDir, own, door);
    } catch (error) {
      await door.close();
      throw error;
    }
    const release = async () => {
      await truncate(at(dataDir, own)).catch(() => undefined);
      await door.close();
    };
    return { release };
  });
}

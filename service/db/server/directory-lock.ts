import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { inUse, onStorage } from '../cluster/cluster-error.ts';
import { processState } from '../cluster/postmaster.ts';

/**
 * Makes one process of this machine the keeper of a data directory whose database is elsewhere. Each holder has a number of its own,
 * `service.lock.N`, that is one more than that of the holder before: whoever is the first to make the next file takes over from a
 * dead one, and nobody ever removes the newest, so no slow starter can take away what a faster one has just got (decision 0259).
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

/** When a process began, in ticks since the machine did: process ids are used again. Other systems than Linux do not say it. */
function bornAt(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Field 22 of stat(5), counted after the name, which may hold spaces.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}

/** Undefined when it went meanwhile: then there is a newer one. */
const ifThere = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

/** A file that its holder let go of is empty; one that names nobody is from a loss of power. */
async function isHeld(path: string): Promise<boolean> {
  const text = (await ifThere(readFile(path, 'utf8'))) ?? '';
  const [, pid, ticks] = /^(\d+) (\d+|-)\n$/.exec(text) ?? [];
  if (pid === undefined || processState(Number(pid)) === 'gone') return false;
  if (ticks !== '-') return bornAt(Number(pid)) === ticks;
  // What was written before the machine began is nobody's.
  const written = (await ifThere(stat(path)))?.mtimeMs ?? 0;
  return written > Date.now() - uptime() * 1000;
}

/** The file appears with what it says. @returns whether nobody was faster */
async function claim(dataDir: string, n: number): Promise<boolean> {
  const draft = join(dataDir, `.service-lock-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(draft, `${process.pid} ${bornAt(process.pid)}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, at(dataDir, n));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * @param dataDir is made when it is missing
 * @throws ClusterError `data-dir-in-use` while another process keeps it
 */
export function lockDirectory(dataDir: string): Promise<DirectoryLock> {
  return onStorage(dataDir, async () => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const [newest = 0] = await numbersIn(dataDir);
    if (newest > 0 && (await isHeld(at(dataDir, newest)))) throw inUse(dataDir);
    const own = newest + 1;
    if (!(await claim(dataDir, own))) throw inUse(dataDir);
    const numbers = await numbersIn(dataDir);
    // So slow that others came and went: this number was used and removed meanwhile.
    const overtaken = numbers.some((n) => n > own);
    for (const n of overtaken ? [own] : numbers.filter((older) => older < own))
      await rm(at(dataDir, n), { force: true });
    if (overtaken) throw inUse(dataDir);
    return { release: () => truncate(at(dataDir, own)).catch(() => undefined) };
  });
}

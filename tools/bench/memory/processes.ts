import { readdirSync, readFileSync } from 'node:fs';
import { BenchError } from '../errors.ts';

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** A process and everything below it. */
export function treeOf(root: number, rows: readonly ProcessRow[]): ProcessRow[] {
  const below = new Set([root]);
  for (let grew = true; grew; ) {
    const before = below.size;
    for (const { pid, parent } of rows) if (below.has(parent)) below.add(pid);
    grew = below.size > before;
  }
  return rows.filter(({ pid }) => below.has(pid));
}

/** The parent in a line of `/proc/PID/stat`, whose name may hold anything (proc(5)). */
export const parentIn = (stat: string): number =>
  Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? Number.NaN);

/** KiB of a process that are its own, and its share of what it has in common with others. */
export const pssIn = (rollup: string): number => Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? Number.NaN);

function read(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It ended meanwhile.
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw new BenchError('environment', `/proc/${pid}/${file} cannot be read (${code}).`, { cause: error });
  }
}

/** Every process of this machine. */
export const processes = (): ProcessRow[] =>
  readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    const [stat, command] = [read(pid, 'stat'), read(pid, 'cmdline')];
    return stat === null || command === null
      ? []
      : [{ pid, parent: parentIn(stat), command: command.replaceAll('\0', ' ').trim() }];
  });

/** MiB of these processes together. @throws BenchError when one cannot be looked at: a sum without it would be a lie */
export const pssMib = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const rollup = read(pid, 'smaps_rollup');
    return rollup ? sum + pssIn(rollup) / 1024 : sum;
  }, 0);

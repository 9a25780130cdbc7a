import { execFileSync } from 'node:child_process';

interface Row {
  readonly pid: number;
  readonly args: string;
}

/** A process and all below it, by their ids: after these have started over, a child comes before its parent. */
function rowsBelow(root: number): Row[] {
  const list = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const rows = list.flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid && parent ? [{ pid: Number(pid), parent: Number(parent), args }] : [];
  });
  const below = new Set([root]);
  for (let grew = true; grew; ) {
    const before = below.size;
    for (const { pid, parent } of rows) if (below.has(parent)) below.add(pid);
    grew = below.size > before;
  }
  return rows.filter(({ pid }) => below.has(pid));
}

/** Ids of a process and of all below it whose command line holds this text. */
export const pidsBelow = (root: number, text = ''): number[] =>
  rowsBelow(root).flatMap(({ pid, args }) => (args.includes(text) ? [pid] : []));

/** Ids of main of each console that runs on this folder, whoever started it: only a child of one says of what type it is. */
export const mainsOn = (folder: string): number[] =>
  rowsBelow(1).flatMap(({ pid, args }) => (args.includes(folder) && !args.includes('--type=') ? [pid] : []));

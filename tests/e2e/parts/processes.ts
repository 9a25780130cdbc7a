import { execFileSync } from 'node:child_process';

/** Ids of a process and of all below it whose command line holds this text. */
export function pidsBelow(root: number, text = ''): number[] {
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
  return rows.filter(({ pid, args }) => below.has(pid) && args.includes(text)).map(({ pid }) => pid);
}

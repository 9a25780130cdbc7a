import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessFacts {
  readonly name: string;
  readonly memory: number;
  readonly handles: number;
}

/** A process may end while it is looked at. */
const orNothing = <T>(read: () => T, nothing: T): T => {
  try {
    return read();
  } catch {
    return nothing;
  }
};

function parentsOfAll(): Map<number, number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.map((pid) => {
      const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'latin1'), '');
      // The name in parentheses may hold anything; the parent is the second word after it.
      return [Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])];
    }),
  );
}

function familyOf(root: number): number[] {
  const parents = parentsOfAll();
  const family = new Set([root]);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid);
  }
  return [...family];
}

function nameOf(pid: number): string {
  const command = orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'), '');
  return /service\/(\w+)\.js/.exec(command)?.[1] ?? 'postgres';
}

/** Memory and handles of a process and everything below it; pages that several share are counted once in all. */
export function look(root: number): ProcessFacts[] {
  return familyOf(root).flatMap((pid) => {
    const rollup = orNothing(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'), '');
    const kib = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
    if (kib === undefined) return [];
    const handles = orNothing(() => readdirSync(`/proc/${pid}/fd`).length, 0);
    return [{ name: nameOf(pid), memory: Number(kib) * 1024, handles }];
  });
}

/** The facts by the name of the process, all of a name together. */
export function byName(facts: readonly ProcessFacts[]): Map<string, Omit<ProcessFacts, 'name'>> {
  const sums = new Map<string, Omit<ProcessFacts, 'name'>>();
  for (const { name, memory, handles } of facts) {
    const sum = sums.get(name) ?? { memory: 0, handles: 0 };
    sums.set(name, { memory: sum.memory + memory, handles: sum.handles + handles });
  }
  return sums;
}

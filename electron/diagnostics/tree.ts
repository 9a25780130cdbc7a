/** What `/proc` is read with, so that a test can be a whole machine. */
export interface Proc {
  readonly readFile: (path: string) => Promise<string>;
  readonly readDir: (path: string) => Promise<string[]>;
  readonly readLink: (path: string) => Promise<string>;
}

export interface Relative {
  readonly pid: number;
  readonly comm: string;
}

interface Row extends Relative {
  readonly parent: number;
}

/** `pid (comm) state ppid`: a name may hold spaces and brackets, so it ends at the last one (proc_pid_stat(5)). */
const STAT = /^(\d+) \((.*)\) \S (\d+) /s;

async function rowOf(pid: string, { readFile }: Proc): Promise<Row | null> {
  const parts = STAT.exec(await readFile(`/proc/${pid}/stat`).catch(() => ''));
  return parts ? { pid: Number(parts[1]), comm: parts[2] ?? '', parent: Number(parts[3]) } : null;
}

/** Another console that this one started, such as the one for practice: main of it has no `--type`, and is its own to look at. */
async function isAnotherConsole(row: Row, self: string, { readFile, readLink }: Proc): Promise<boolean> {
  const executable = await readLink(`/proc/${row.pid}/exe`).catch(() => null);
  if (executable !== self) return false;
  return !(await readFile(`/proc/${row.pid}/cmdline`).catch(() => '')).includes('--type=');
}

/**
 * This process and all that descend from it.
 * @throws when `/proc` cannot be listed
 */
export async function processTree(root: number, proc: Proc): Promise<Relative[]> {
  const self = await proc.readLink(`/proc/${root}/exe`).catch(() => '');
  const pids = (await proc.readDir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = (await Promise.all(pids.map((pid) => rowOf(pid, proc)))).filter((row) => row !== null);
  const found = rows.filter(({ pid }) => pid === root);
  for (const { pid } of found)
    for (const row of rows)
      if (row.parent === pid && row.pid !== root && !(await isAnotherConsole(row, self, proc)))
        found.push(row);
  return found.map(({ pid, comm }) => ({ pid, comm }));
}

/** What `/proc` is read with, so that a test can be a whole machine. */
export interface Proc {
  readonly readFile: (path: string) => Promise<string>;
  readonly readDir: (path: string) => Promise<string[]>;
  readonly readLink: (path: string) => Promise<string>;
  readonly realPath: (path: string) => Promise<string>;
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
 * The postmaster of a cluster: after a crash of whoever started it it is a child of init, and serves on. The file may be older than
 * the machine's start, so the process must also stand in that folder, as a postmaster does.
 */
async function postmasterOf(cluster: string, { readFile, readLink, realPath }: Proc): Promise<number | null> {
  try {
    const pid = /^[1-9]\d*(?=\n)/.exec(await readFile(`${cluster}/postmaster.pid`))?.[0];
    return pid && (await readLink(`/proc/${pid}/cwd`)) === (await realPath(cluster)) ? Number(pid) : null;
  } catch {
    return null;
  }
}

/**
 * This process, the postmaster of its cluster, and all that descend from them.
 * @throws when `/proc` cannot be listed
 */
export async function processTree(root: number, cluster: string, proc: Proc): Promise<Relative[]> {
  const self = await proc.readLink(`/proc/${root}/exe`).catch(() => '');
  const pids = (await proc.readDir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = (await Promise.all(pids.map((pid) => rowOf(pid, proc)))).filter((row) => row !== null);
  const found = rows.filter(({ pid }) => pid === root);
  const postmaster = await postmasterOf(cluster, proc);
  if (found.length > 0) found.push(...rows.filter(({ pid }) => pid === postmaster));
  for (const { pid } of found)
    for (const row of rows)
      if (row.parent === pid && !found.includes(row) && !(await isAnotherConsole(row, self, proc)))
        found.push(row);
  return found.map(({ pid, comm }) => ({ pid, comm }));
}

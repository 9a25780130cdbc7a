/** `SECCOMP_MODE_FILTER` of seccomp(2): the process may make listed system calls only. */
const FILTERED = '2';

type ReadFile = (path: string) => Promise<string>;

/** `unclear`: the kernel does not say it, or not well enough. `gone`: there is no such process. */
export type Confinement = 'confined' | 'open' | 'unclear' | 'gone';

interface Filters {
  readonly mode: string | undefined;
  /** How many filters, its own and inherited; NaN where the kernel does not count them (before Linux 5.9). */
  readonly count: number;
}

async function filtersOf(pid: number, readFile: ReadFile): Promise<Filters> {
  const status = await readFile(`/proc/${pid}/status`);
  const mode = /^Seccomp:\s*(\d+)$/m.exec(status)?.[1];
  return { mode, count: Number(/^Seccomp_filters:\s*(\d+)$/m.exec(status)?.[1] ?? Number.NaN) };
}

/** ENOENT of a folder that went, ESRCH of one that was open while it did. */
const isGone = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOENT' || code === 'ESRCH';

/**
 * Whether Chromium confines a process, as the kernel says it. A container or a service manager may filter the calls of all that it
 * starts, main too, and every child inherits that; only a filter that main does not have is Chromium's.
 * @param main a process that Chromium never confines, and that this one descends from
 */
export async function confinementOf(pid: number, main: number, readFile: ReadFile): Promise<Confinement> {
  const found = await filtersOf(pid, readFile).catch((error: NodeJS.ErrnoException) =>
    isGone(error) ? 'gone' : 'unclear',
  );
  if (typeof found === 'string') return found;
  if (found.mode === undefined) return 'unclear';
  if (found.mode !== FILTERED) return 'open';
  const inherited = await filtersOf(main, readFile).catch(() => undefined);
  if (inherited?.mode === undefined) return 'unclear';
  if (inherited.mode !== FILTERED) return 'confined';
  if (Number.isNaN(found.count) || Number.isNaN(inherited.count)) return 'unclear';
  return found.count > inherited.count ? 'confined' : 'open';
}

import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';

/** `SECCOMP_MODE_FILTER` of seccomp(2): the process may make listed system calls only. */
const FILTERED = '2';

type ReadFile = (path: string) => Promise<string>;

/** Whether the kernel filters the system calls of a process; null when it does not say, or the process has gone. */
export async function seccompOf(pid: number, readFile: ReadFile): Promise<'filtered' | 'open' | null> {
  const status = await readFile(`/proc/${pid}/status`).catch(() => '');
  const mode = /^Seccomp:\t(\d)$/m.exec(status)?.[1];
  if (mode === undefined) return null;
  return mode === FILTERED ? 'filtered' : 'open';
}

interface Deps {
  readonly platform: string;
  /** Process id of the application's renderer, or null while there is none. */
  readonly rendererPid: () => number | null;
  readonly readFile: ReadFile;
}

/** Whether the kernel confines the renderer now, as the kernel itself says. */
export async function examineSandbox({ platform, rendererPid, readFile }: Deps): Promise<Diagnosis> {
  const found = { step: 'sandbox', title: 'Renderer sandbox' } as const;
  const pid = rendererPid();
  if (platform !== 'linux' || pid === null)
    return { ...found, status: 'unknown', evidence: `Not readable on ${platform}.`, remedy: null };
  const path = `/proc/${pid}/status`;
  const mode = await seccompOf(pid, readFile);
  if (mode === null)
    return { ...found, status: 'unknown', evidence: `${path} says nothing about seccomp.`, remedy: null };
  const evidence = `${path}: seccomp is ${mode}.`;
  if (mode === 'filtered') return { ...found, status: 'ok', evidence, remedy: null };
  const remedy = 'Start Sallyport as an ordinary user on a system that allows user namespaces.';
  return { ...found, status: 'failed', evidence, remedy };
}

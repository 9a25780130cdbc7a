import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import { confinementOf } from './seccomp.ts';

interface Deps {
  readonly platform: string;
  /** Process id of main. */
  readonly pid: number;
  /** Process id of the application's renderer, or null while there is none. */
  readonly rendererPid: () => number | null;
  readonly readFile: (path: string) => Promise<string>;
}

const SAYS = {
  confined: 'seccomp filters its calls, and main’s not as it does',
  open: 'seccomp filters its calls no more than main’s',
  unclear: 'nothing about seccomp that tells it from main',
  gone: 'the process has gone',
} as const;

/** Whether the kernel confines the renderer now, as the kernel itself says. */
export async function examineSandbox({ platform, pid, rendererPid, readFile }: Deps): Promise<Diagnosis> {
  const found = { step: 'sandbox', title: 'Renderer sandbox' } as const;
  const renderer = rendererPid();
  if (platform !== 'linux' || renderer === null)
    return { ...found, status: 'unknown', evidence: `Not readable on ${platform}.`, remedy: null };
  const confinement = await confinementOf(renderer, pid, readFile);
  const evidence = `/proc/${renderer}/status: ${SAYS[confinement]}.`;
  if (confinement === 'confined') return { ...found, status: 'ok', evidence, remedy: null };
  if (confinement !== 'open') return { ...found, status: 'unknown', evidence, remedy: null };
  const remedy = 'Start Sallyport as an ordinary user on a system that allows user namespaces.';
  return { ...found, status: 'failed', evidence, remedy };
}

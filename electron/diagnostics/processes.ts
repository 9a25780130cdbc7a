import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import { confinementOf } from './seccomp.ts';

/** A process of the console as the runtime lists it. */
export interface ConsoleProcess {
  readonly pid: number;
  /** `Browser` is main, `Tab` a page, `Utility` anything that was forked, ours or Chromium's. */
  readonly type: string;
  readonly name: string;
  /** What the runtime says of its confinement; it knows on macOS and Windows only. */
  readonly sandboxed: boolean | undefined;
}

interface Deps {
  readonly platform: string;
  /** Process id of main. */
  readonly pid: number;
  readonly processes: () => readonly ConsoleProcess[];
  readonly readFile: (path: string) => Promise<string>;
}

const MUST_BE = 'Tab';

type Confined = boolean | null;

const SAYS = { confined: true, open: false, unclear: null, gone: null } as const;

/** Null: nobody says. */
async function isConfined(one: ConsoleProcess, { platform, pid, readFile }: Deps): Promise<Confined> {
  if (platform !== 'linux') return one.sandboxed ?? null;
  return SAYS[await confinementOf(one.pid, pid, readFile)];
}

const WORD = { true: 'confined', false: 'not confined', null: 'not readable' } as const;

const listed = (all: readonly (ConsoleProcess & { readonly confined: Confined })[]): string =>
  (['true', 'false', 'null'] as const)
    .flatMap((kind) => {
      const names = all.filter(({ confined }) => String(confined) === kind).map(({ name }) => name);
      return names.length === 0 ? [] : [`${WORD[kind]}: ${names.toSorted().join(', ')}`];
    })
    .join('; ');

/**
 * What confines every process of the console. Pages must be confined. Main, keeper and service run Node and are not: what they may
 * do is bounded by what they are given, and the list says so instead of hiding them.
 */
export async function examineProcesses(deps: Deps): Promise<Diagnosis> {
  const found = { step: 'processes', title: 'Sandbox of every process' } as const;
  const all = await Promise.all(
    deps.processes().map(async (one) => ({ ...one, confined: await isConfined(one, deps) })),
  );
  const pages = all.filter(({ type }) => type === MUST_BE);
  if (pages.length === 0)
    return { ...found, status: 'unknown', evidence: 'The runtime lists no page.', remedy: null };
  const evidence = `${listed(all)}.`;
  if (pages.some(({ confined }) => confined === false)) {
    const remedy = 'Start Sallyport as an ordinary user on a system that allows user namespaces.';
    return { ...found, status: 'failed', evidence, remedy };
  }
  const isKnown = pages.every(({ confined }) => confined === true);
  return { ...found, status: isKnown ? 'ok' : 'unknown', evidence, remedy: null };
}

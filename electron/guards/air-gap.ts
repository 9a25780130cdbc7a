const ASKED = /^--?air-gap(=|$)/i;
const SWITCH = '--air-gap';
/** The console was started by `unshare` already: whatever is found there, it is not started again. */
const ENTERED = '--air-gap=entered';

export const isAirGapAsked = (argv: readonly string[]): boolean => argv.some((one) => ASKED.test(one));

/** What the console is started with again, so that it asks for the air gap at its start. */
export const askingArguments = (argv: readonly string[]): string[] => [
  ...argv.slice(1).filter((one) => !ASKED.test(one)),
  SWITCH,
];

/** A user namespace in which the user is still the same one, so that Chromium's sandbox stays on, and a network with nothing in it. */
const NAMESPACES = ['--user', '--map-current-user', '--net', '--'];

interface System {
  readonly platform: NodeJS.Platform;
  readonly execPath: string;
  /** Runs a program to its end. @returns its exit code; null when it could not run */
  readonly run: (program: string, args: readonly string[]) => number | null;
}

/**
 * How the console is started inside an empty network namespace; null where that is not possible or has been done. It is tried with
 * a program that does nothing first: a system that forbids it must not be left without a console.
 */
export function wayIntoAirGap(
  argv: readonly string[],
  { platform, execPath, run }: System,
): { readonly execPath: string; readonly args: string[] } | null {
  if (platform !== 'linux' || !isAirGapAsked(argv) || argv.includes(ENTERED)) return null;
  if (run('unshare', [...NAMESPACES, 'true']) !== 0) return null;
  const kept = argv.slice(1).filter((one) => !ASKED.test(one));
  // `env` is found by its path: a relaunch does not search for programs.
  return { execPath: '/usr/bin/env', args: ['unshare', ...NAMESPACES, execPath, ...kept, ENTERED] };
}

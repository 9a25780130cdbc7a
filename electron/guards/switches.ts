/** Switches that take a wall away, or put a program of somebody else in the place of one of ours; refused in every build. */
const WEAKENING_NAMES = [
  // The sandbox, whole or one layer of it, and the separation of processes that it stands on.
  'no-sandbox',
  'disable-(seccomp-filter|namespace|setuid|gpu)-sandbox',
  'no-zygote(-sandbox)?',
  'single-process',
  'in-process-gpu',
  // What Chromium would start instead of its own child.
  '[a-z-]+-cmd-prefix',
  '[a-z-]+-launcher',
  'browser-subprocess-path',
  // What pages may do and what runs beside them.
  'disable-web-security',
  'disable-site-isolation-trials',
  'disable-features',
  'allow-running-insecure-content',
  'load-extension',
  'disable-extensions-except',
  'js-flags',
  // Where requests go, and who reads them.
  'proxy-(server|pac-url)',
  'host-(resolver-)?rules',
  'ignore-certificate-errors(-spki-list)?',
  'log-net-log',
];
const WEAKENING = new RegExp(`^--?(${WEAKENING_NAMES.join('|')})(=|$)`, 'i');

/**
 * Switches with which a local process could script or read the console. No fuse covers the remote debugging port, so a
 * packaged console leaves when it sees one. Chromium reads a switch with one dash or two and in either case.
 */
const DEBUGGING =
  /^--?(remote-debugging-(port|pipe|address|io-pipes)|remote-allow-origins|inspect(-brk|-port|-publish-uid|-wait)?|debug(-brk|-port)?|auto-open-devtools-for-tabs|enable-automation)(=|$)/i;

/**
 * The packaged twin that the end-to-end tests drive says `off` here and differs in nothing else but a fuse. This word stands once in the
 * bundle; build/packaging/twin.mjs replaces it there, and no setting, switch or variable can.
 */
const DEBUG_PORT_GUARD: string = 'debug-port-guard=on';

/** Whether this console may be debugged: a clone, or the twin. */
export const isDebuggable = (isPackaged: boolean): boolean =>
  !isPackaged || DEBUG_PORT_GUARD.endsWith('=off');

/** What takes a wall away when it stands in the environment, also with nothing in it: Electron then makes its pages no namespaces. */
const WEAKENING_VARIABLES = ['ELECTRON_DISABLE_SANDBOX'];

/**
 * The first switch that the console refuses to run with, without its value; `undefined` when there is none.
 * @param debuggable a runtime for development, which tests drive through its debugging port
 */
export function refusedSwitch(argv: readonly string[], debuggable: boolean): string | undefined {
  const found = argv.find(
    (argument) => WEAKENING.test(argument) || (!debuggable && DEBUGGING.test(argument)),
  );
  return found?.replace(/=.*$/s, '');
}

interface Started {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly debuggable: boolean;
}

/** Why the console does not run as it was started, for a person; `undefined` when it does. */
export function refusedStart({ argv, env, debuggable }: Started): string | undefined {
  const found = refusedSwitch(argv, debuggable);
  if (found) return `Sallyport does not run with ${found}. Start it without this switch.`;
  const variable = WEAKENING_VARIABLES.find((name) => env[name] !== undefined);
  return (
    variable && `Sallyport does not run with ${variable} in its environment. Start it without this variable.`
  );
}

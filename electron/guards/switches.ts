/** Switches that take a wall away; refused in every build. */
const WEAKENING =
  /^--?(no-sandbox|disable-web-security|disable-site-isolation-trials|proxy-server|host-rules|host-resolver-rules|ignore-certificate-errors|load-extension|js-flags)(=|$)/i;

/**
 * Switches with which a local process could script or read the console. No fuse covers the remote debugging port, so a
 * packaged console leaves when it sees one. Chromium reads a switch with one dash or two and in either case.
 */
const DEBUGGING =
  /^--?(remote-debugging-(port|pipe|address|io-pipes)|remote-allow-origins|inspect(-brk|-port|-publish-uid|-wait)?|debug(-brk|-port)?|auto-open-devtools-for-tabs|enable-automation)(=|$)/i;

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

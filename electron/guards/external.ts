/**
 * Hosts that a link of a page may open in the system's browser: none. No screen has such a link, and a URL is a way out for
 * whatever a hostile page has read. A screen that needs one names its host here, and a test of its own.
 */
export const PAGE_HOSTS: ReadonlySet<string> = new Set();

/** An attacker-controlled URL opens nothing but https on a host of the caller's own list. */
export function externalUrl(url: string, hosts: ReadonlySet<string>): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const plain = parsed.username === '' && parsed.password === '' && parsed.port === '';
  return parsed.protocol === 'https:' && plain && hosts.has(parsed.hostname) ? parsed : undefined;
}

/** The one door to the system's browser; answers whether it opened. */
export function openOutside(
  url: string,
  hosts: ReadonlySet<string>,
  open: (url: string) => Promise<void>,
): boolean {
  const allowed = externalUrl(url, hosts);
  if (!allowed) return false;
  open(allowed.href).catch(() => undefined);
  return true;
}

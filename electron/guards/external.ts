/** Hosts that a link in the console may open in the system's browser: our documentation and the standards we cite. */
const ALLOWED_HOSTS = new Set(['www.rfc-editor.org', 'datatracker.ietf.org', 'c2sp.org', 'github.com']);

/** The one door to the system's browser. An attacker-controlled URL opens nothing but https on a listed host. */
export function externalUrl(url: string): URL | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const plain = parsed.username === '' && parsed.password === '' && parsed.port === '';
  return parsed.protocol === 'https:' && plain && ALLOWED_HOSTS.has(parsed.hostname) ? parsed : undefined;
}

/** Opens a link outside; answers whether it did. */
export function openOutside(url: string, open: (url: string) => Promise<void>): boolean {
  const allowed = externalUrl(url);
  if (!allowed) return false;
  open(allowed.href).catch(() => undefined);
  return true;
}

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { familyOf } from '../../shared/ids/credentials.ts';
import { type SecretRootsByVersion, secretRoots } from '../../shared/service/launch.ts';

export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

const isRedisUrl = (text: string): boolean => /^rediss?:\/\//.test(text) && URL.canParse(text);

/** One node may be a socket's path; a cluster's nodes tell each other's addresses. */
export const redisUrl = z.string().refine((text) => {
  const nodes = text.split(',').map((node) => node.trim());
  return nodes.every(isRedisUrl) || (nodes.length === 1 && isAbsolute(text));
}, 'must be redis://, rediss:// or the path of a socket; nodes of a cluster are separated by commas');

export const port = z.coerce
  .number('must be a port number')
  .int('must be a port number')
  .min(0, 'must be a port number')
  .max(65_535, 'must be a port number');

export const isHttpsOrigin = (text: string): boolean =>
  URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).origin === text;

/** What a bearer token is made of (RFC 6750), and none of the families of keys. */
export const facilitatorSecret = z
  .string()
  .regex(/^[A-Za-z0-9\-._~+/]{32,256}$/, 'must have 32 to 256 letters, digits or -._~+/')
  .refine(
    (secret) => familyOf(secret) === undefined,
    'must not begin like a key (th_, thm_, tokenmart_, tmid_)',
  );

/** Attacker's luck and typing errors both end here: one version twice, or a key of another length, is no configuration. */
export const rootsByVersion = z.string().transform((text, ctx): SecretRootsByVersion => {
  const pairs = text.split(',').map((pair) => pair.trim().split(':'));
  const parsed = secretRoots.safeParse(Object.fromEntries(pairs));
  const once = new Set(pairs.map(([version]) => version)).size === pairs.length;
  if (parsed.success && once && pairs.every((pair) => pair.length === 2)) return parsed.data;
  ctx.addIssue(
    'must be VERSION:KEY pairs separated by commas, every version once, every key 43 characters of base64url',
  );
  return z.NEVER;
});

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificates of a file, or null. A key beside them, or one that is damaged, makes it a file of something else. */
function certificatesIn(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8');
    const found = text.match(CERTIFICATE) ?? [];
    for (const one of found) new X509Certificate(one);
    return found.length > 0 && !text.includes('PRIVATE KEY-----') ? found.join('\n') : null;
  } catch {
    return null;
  }
}

/** The text of its certificates. As root the service runs in another folder than the one it was started from. */
export const caFile = z.string().transform((path, context) => {
  const found = isAbsolute(path) ? certificatesIn(path) : null;
  if (found !== null) return found;
  const message = isAbsolute(path)
    ? 'must be a readable file of PEM certificates and nothing else'
    : 'must be an absolute path';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/**
 * Credential families, told apart by prefix. `thm_` is tested before `th_` because the latter is a prefix of nothing
 * else but must never swallow the former if either is renamed.
 */
export const FAMILIES = [
  { family: 'management', prefix: 'thm_' },
  { family: 'inference', prefix: 'th_' },
  { family: 'platform', prefix: 'tokenmart_' },
  { family: 'identity', prefix: 'tmid_' },
] as const;

export type CredentialFamily = (typeof FAMILIES)[number]['family'];

/** Characters of the random part that stay readable in lists, after the prefix. */
export const DISPLAY_CHARACTERS = 8;

/** The family of a token by its prefix, or `undefined` for a session or admin token, which carry none. */
export function familyOf(token: string): CredentialFamily | undefined {
  return FAMILIES.find((f) => token.startsWith(f.prefix))?.family;
}

export function prefixOf(family: CredentialFamily): string {
  const found = FAMILIES.find((f) => f.family === family);
  if (!found) throw new RangeError(`no such family: ${family}`);
  return found.prefix;
}

/** The part of a key that lists may show: family prefix and the first eight characters. */
export function displayPrefix(token: string): string {
  const prefix = FAMILIES.find((f) => token.startsWith(f.prefix))?.prefix ?? '';
  return token.slice(0, prefix.length + DISPLAY_CHARACTERS);
}

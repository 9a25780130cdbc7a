import { SecretsError } from './secrets-error.ts';

/** Variables that are two halves of one key: both from one place, or a rotation is caught halfway. */
const KEY_PAIRS: readonly (readonly [string, string])[] = [
  ['PHANTOM_SESSION_PRIVATE_KEY', 'PHANTOM_WALLET_PUBLIC_KEY'],
];

/**
 * @param placeOf where the value of a variable came from, in words; undefined when it has none
 * @throws SecretsError `pair-split`
 */
export function requireWholePairs(placeOf: (name: string) => string | undefined): void {
  for (const [left, right] of KEY_PAIRS) {
    const [from, to] = [placeOf(left), placeOf(right)];
    if (from === to) continue;
    const told = (name: string, place: string | undefined) =>
      place === undefined ? `${name} is not set` : `${name} comes from ${place}`;
    throw new SecretsError(
      'pair-split',
      `${told(left, from)}, ${told(right, to)}. They are two halves of one key: set both in one place.`,
    );
  }
}

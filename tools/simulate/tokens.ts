import { prefixOf } from '../../shared/ids/credentials.ts';
import type { BadToken } from './plan.ts';

/** Things that are sent as a whole header when a client is broken rather than hostile. */
const MALFORMED = ['Bearer', 'Bearer  ', 'Basic dGg6dGg=', 'th_', 'Bearer th_short', 'Bearer "th_"'] as const;

const shapedLike = (family: 'inference' | 'management' | 'platform', draw: string) =>
  `Bearer ${prefixOf(family)}${draw}`;

/**
 * The Authorization header of a stranger, or `null` for none.
 * @param draw 32 random bytes in base64url: a token of the right shape that was never issued
 * @param revoked a key that this run has revoked, when there is one
 */
export function badAuthorization(kind: BadToken, draw: string, revoked: string | undefined): string | null {
  const choice = draw.charCodeAt(0) + draw.charCodeAt(1);
  switch (kind) {
    case 'missing':
      return null;
    case 'malformed':
      return MALFORMED[choice % MALFORMED.length] ?? MALFORMED[0];
    case 'wrong-family':
      return shapedLike(choice % 2 === 0 ? 'management' : 'platform', draw);
    case 'revoked':
      return revoked === undefined ? shapedLike('inference', draw) : `Bearer ${revoked}`;
    case 'unknown':
      return shapedLike('inference', draw);
  }
}

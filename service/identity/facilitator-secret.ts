import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a token is the facilitator's secret, compared in constant time. Without a secret nothing is.
 * @param sha256Hex its hash: the secret itself stays with whoever read the configuration
 */
export function facilitatorCheck(sha256Hex: string | undefined): (token: string) => boolean {
  if (sha256Hex === undefined) return () => false;
  const known = Buffer.from(sha256Hex, 'hex');
  return (token) => timingSafeEqual(createHash('sha256').update(token).digest(), known);
}

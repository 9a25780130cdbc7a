import { createHmac } from 'node:crypto';
import { normalizeTokenCode } from '../../shared/ids/token-code.ts';

/**
 * What a shown code is looked up by: HMAC-SHA-256 of its normal form.
 * @returns null for what is no code, a wrong check character included: that is known without asking the database
 */
export const hashOfCode = (key: Uint8Array, shown: string): Buffer | null => {
  const code = normalizeTokenCode(shown);
  return code === null ? null : createHmac('sha256', key).update(code).digest();
};

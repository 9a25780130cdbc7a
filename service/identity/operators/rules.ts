import { createHash } from 'node:crypto';
import type { Operator } from '../../../shared/http/operators.ts';
import type { OperatorRole } from '../../../shared/http/route.ts';
import { HttpError } from '../../gate/http-error.ts';

export const CODE_BYTES = 16;
export const CODE_LIFETIME_MS = 15 * 60 * 1000;

/** The first operator may invite the others, so it needs the role that can. */
export const FIRST_ROLE: OperatorRole = 'administrator';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A one-time code: 128 bits in Crockford base32, 26 characters in groups of five.
 * @param random 16 bytes of a CSPRNG
 */
export function newCode(random: Uint8Array): string {
  if (random.length !== CODE_BYTES) throw new RangeError('a code takes 16 random bytes');
  let value = 0n;
  for (const byte of random) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < 26; i += 1) {
    text = CROCKFORD.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return (text.match(/.{1,5}/g) ?? []).join('-');
}

/** At rest a code is its SHA-256: it has 128 random bits and lives 15 minutes. */
export const codeHash = (code: string): Buffer => createHash('sha256').update(code).digest();

export interface CodeRow {
  readonly id: string;
  readonly purpose: 'first-enrolment' | 'invitation';
  readonly name: string | null;
  readonly role: OperatorRole;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

/**
 * Whether this code enrols this name now.
 * @throws HttpError `enrolment_code_invalid` without saying which of unknown, used or expired it is, `forbidden` when the
 *   invitation names somebody else
 */
export function requireUsableCode(code: CodeRow | undefined, name: string, now: Date): CodeRow {
  if (!code || code.used_at !== null || code.expires_at.getTime() <= now.getTime())
    throw new HttpError('enrolment_code_invalid', 'this code is unknown, used or older than 15 minutes');
  // The ledger shows names: an invitee must not be able to enrol as somebody else.
  if (code.name !== null && code.name !== name)
    throw new HttpError('forbidden', 'this invitation is for another name');
  return code;
}

export interface OperatorRow {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly key_id: string;
  readonly enrolled_at: Date;
  readonly last_signed_at: Date | null;
  readonly revoked_at: Date | null;
}

export const toOperator = (row: OperatorRow): Operator => ({
  id: row.id,
  name: row.name,
  role: row.role,
  keyId: row.key_id,
  state: row.revoked_at === null ? 'active' : 'revoked',
  enrolledAt: row.enrolled_at.toISOString(),
  lastSignedAt: row.last_signed_at?.toISOString() ?? null,
});

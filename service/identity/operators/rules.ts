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
  readonly purpose: 'first-enrolment' | 'invitation' | 'recovery';
  readonly name: string | null;
  readonly role: OperatorRole;
  readonly issued_by: string | null;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly claimed_at: Date | null;
}

/**
 * Whether this code enrols this name now.
 * @throws HttpError `enrolment_code_invalid` without saying which of unknown, used, withdrawn or expired it is, `forbidden` when the
 *   invitation names somebody else
 */
export function requireUsableCode(code: CodeRow | undefined, name: string, now: Date): CodeRow {
  const spent = code && (code.used_at ?? code.revoked_at ?? code.claimed_at) !== null;
  if (!code || spent || code.expires_at.getTime() <= now.getTime())
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
  readonly revoked_reason: string | null;
}

export const toOperator = (row: OperatorRow): Operator => ({
  id: row.id,
  name: row.name,
  role: row.role,
  keyId: row.key_id,
  state: row.revoked_at === null ? 'active' : 'revoked',
  enrolledAt: row.enrolled_at.toISOString(),
  lastSignedAt: row.last_signed_at?.toISOString() ?? null,
  ...(row.revoked_at === null
    ? {}
    : { revokedAt: row.revoked_at.toISOString(), revokedReason: row.revoked_reason ?? '' }),
});

/**
 * Two persons decide who has authority: whoever invites or proposes a role, and another who may act at all. A reviewer only reads.
 */
export const AUTHORITY_APPROVERS: readonly OperatorRole[] = ['responder', 'custodian', 'administrator'];

/**
 * A revocation that leaves nobody in charge says so on its card, and no other one does.
 * @throws HttpError `conflict`
 */
export function requireConsequence(
  administratorsLeft: number,
  wasAdministrator: boolean,
  said: boolean,
): void {
  const last = wasAdministrator && administratorsLeft === 0;
  if (last && !said)
    throw new HttpError('conflict', 'this is the last administrator; the card must say the consequence');
  if (!last && said)
    throw new HttpError(
      'conflict',
      'another administrator is left; the card says a consequence it does not have',
    );
}

/**
 * A recovery code stands in for a second person only where there is none: with two administrators, one can invite and the other
 * approve.
 * @throws HttpError `conflict`
 */
export function requireLoss(administrators: number): void {
  if (administrators > 1)
    throw new HttpError('conflict', 'two administrators are there; one invites and the other approves');
}

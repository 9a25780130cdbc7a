import type { PayerSession, PayerSessionState } from '../../../shared/http/payer-sessions.ts';

/** What decides whether a session may sign. */
export interface SessionFacts {
  readonly state: PayerSessionState;
  readonly signatureAllowance: number;
  readonly signaturesUsed: number;
  readonly expiresAt: Date;
}

export type SessionAct =
  | { readonly act: 'increment' }
  | { readonly act: 'refresh'; readonly seconds: number }
  | { readonly act: 'revoke' };

export type Verdict =
  | { readonly ok: true; readonly next: SessionFacts }
  /** What the session is instead of ACTIVE. */
  | { readonly ok: false; readonly state: Exclude<PayerSessionState, 'ACTIVE'> };

/** The state as it is at an instant: an active session whose time is over has expired, whether or not it was written yet. */
export const stateAt = (
  { state, expiresAt }: Pick<SessionFacts, 'state' | 'expiresAt'>,
  now: Date,
): PayerSessionState => (state === 'ACTIVE' && expiresAt <= now ? 'EXPIRED' : state);

/** A refresh never takes time away: only a revocation shortens a life. */
const prolonged = ({ expiresAt }: SessionFacts, { seconds }: { readonly seconds: number }, now: Date): Date =>
  new Date(Math.max(expiresAt.getTime(), now.getTime() + seconds * 1000));

/** The whole life of a session: ACTIVE is the only state that anything leads out of, and nothing leads back to it. */
export function decide(session: SessionFacts, act: SessionAct, now: Date): Verdict {
  const state = stateAt(session, now);
  if (state !== 'ACTIVE') return { ok: false, state };
  if (act.act === 'revoke') return { ok: true, next: { ...session, state: 'REVOKED' } };
  if (act.act === 'refresh')
    return { ok: true, next: { ...session, expiresAt: prolonged(session, act, now) } };
  const signaturesUsed = session.signaturesUsed + 1;
  const usedUp = signaturesUsed >= session.signatureAllowance;
  return { ok: true, next: { ...session, signaturesUsed, state: usedUp ? 'EXHAUSTED' : 'ACTIVE' } };
}

export interface SessionRow {
  readonly id: string;
  readonly purpose: string;
  readonly key_generation: number;
  readonly payer_key: Buffer | null;
  readonly state: PayerSessionState;
  readonly signature_allowance: number;
  readonly signatures_used: number;
  readonly issued_at: Date;
  readonly issued_by: string;
  readonly expires_at: Date;
  readonly refreshed_at: Date | null;
  readonly last_signed_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_reason: string | null;
}

export const factsOf = (row: SessionRow): SessionFacts => ({
  state: row.state,
  signatureAllowance: row.signature_allowance,
  signaturesUsed: row.signatures_used,
  expiresAt: row.expires_at,
});

export function toPayerSession(row: SessionRow, now: Date): PayerSession {
  const { signatureAllowance, signaturesUsed } = factsOf(row);
  const state = stateAt(factsOf(row), now);
  const endedAt = row.ended_at ?? (state === 'EXPIRED' ? row.expires_at : null);
  return {
    id: row.id,
    purpose: row.purpose,
    state,
    payerKey: row.payer_key?.toString('hex') ?? null,
    signatureAllowance,
    signaturesUsed,
    issuedAt: row.issued_at.toISOString(),
    issuedBy: row.issued_by,
    expiresAt: row.expires_at.toISOString(),
    refreshedAt: row.refreshed_at?.toISOString() ?? null,
    lastSignedAt: row.last_signed_at?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    endedReason: row.ended_reason,
  };
}

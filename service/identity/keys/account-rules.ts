import { parseUnits } from '../../../shared/money/units.ts';
import type { Principal } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { KeyFamily, KeyRow } from './rules.ts';

/** More than anybody keeps apart by name; a rekey replaces all keys of an agent in one transaction. */
export const ACTIVE_KEYS = 100;

/** A limit as it is stored. */
export const unitsOf = (limit: string | null): bigint | null => (limit === null ? null : parseUnits(limit));

/**
 * Raising a limit is for two operators (SPEC 8). Below the default, and below what two of them have once allowed this key, its
 * owner is free.
 * @param standing the limit that it has now; the default for a new one
 * @throws HttpError `forbidden`
 */
export function requireRate(wanted: number, standing: number, defaultRate: number): void {
  const most = Math.max(standing, defaultRate);
  if (wanted > most)
    throw new HttpError(
      'forbidden',
      `this key may have at most ${most} requests a minute; operators raise it with limits.raise`,
    );
}

export interface NewKeyWish {
  readonly family: KeyFamily;
  readonly agentId: string | null;
  readonly spendLimit: string | null;
  readonly expiresAt: string | null;
}

/**
 * What a new key of an account may be. A management key neither spends nor makes its like: whoever steals one must not outlive
 * its revocation.
 * @throws HttpError `invalid_body` | `forbidden`
 */
export function requireMakeable(wish: NewKeyWish, by: Principal['type'], now: Date): void {
  if (wish.family === 'management') {
    if (wish.agentId !== null || wish.spendLimit !== null)
      throw new HttpError('invalid_body', 'a management key has no agent and spends nothing');
    if (by !== 'account')
      throw new HttpError('forbidden', 'a management key is made with a session, not with another key');
  }
  if (wish.expiresAt !== null && Date.parse(wish.expiresAt) <= now.getTime())
    throw new HttpError('invalid_body', 'expiresAt: this time is past');
}

/** @throws HttpError `not_found` | `forbidden` for a key of another account, or of nobody */
export function requireOwnKey(row: KeyRow | undefined, accountId: string): KeyRow {
  if (!row) throw new HttpError('not_found', 'there is no such key');
  if (row.account_id !== accountId) throw new HttpError('forbidden', 'this key is not yours');
  return row;
}

/** A revoked key never comes back, nor changes. @throws HttpError as `requireOwnKey` | `conflict` */
export function requireChangeable(row: KeyRow | undefined, accountId: string): KeyRow {
  const own = requireOwnKey(row, accountId);
  if (own.revoked_at !== null) throw new HttpError('conflict', `${own.id} is revoked; it never comes back`);
  return own;
}

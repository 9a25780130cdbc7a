import { sql } from 'kysely';
import type { AccountRole } from '../../../shared/http/route.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { RevokedCause } from '../../db/tables/accounts.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export interface TokenKeyRow {
  readonly version: number;
  readonly kid: string;
  readonly retires_at: Date | null;
}

/** Every version that was ever activated, the one that signs first. */
export const readTokenKeys = (db: Reader): Promise<TokenKeyRow[]> =>
  db.selectFrom('token_keys').select(['version', 'kid', 'retires_at']).orderBy('version', 'desc').execute();

/** @returns false when this version was activated by somebody else meanwhile */
export async function insertTokenKey(
  tx: Tx,
  key: { readonly version: number; readonly kid: string; readonly activatedAt: Date },
): Promise<boolean> {
  const inserted = await tx
    .insertInto('token_keys')
    .values({ version: key.version, kid: key.kid, activated_at: key.activatedAt })
    // No target: of two instances that insert the same row, either index may be the one that notices.
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Lets the versions before this one end at that time, or earlier if they would anyway. */
export const retireTokenKeys = (tx: Tx, before: number, at: Date): Promise<unknown> =>
  tx
    .updateTable('token_keys')
    .set({ retires_at: at })
    .where('version', '<', before)
    .where((eb) => eb.or([eb('retires_at', 'is', null), eb('retires_at', '>', at)]))
    .execute();

export interface OpenSessionRow {
  readonly id: string;
  readonly account_id: string;
  readonly role: AccountRole;
}

/** The session while it is open, with the role of its account now, if its token's key is still good: one indexed look. */
export const findOpenSession = (
  db: Reader,
  token: { readonly sessionId: string; readonly accountId: string; readonly kid: string },
  now: Date,
): Promise<OpenSessionRow | undefined> =>
  db
    .selectFrom('account_sessions as s')
    .innerJoin('accounts as a', 'a.id', 's.account_id')
    .innerJoin('token_keys as k', (join) => join.on('k.kid', '=', token.kid))
    .select(['s.id', 's.account_id', 'a.role'])
    .where('s.id', '=', token.sessionId)
    .where('s.account_id', '=', token.accountId)
    .where('s.revoked_at', 'is', null)
    .where((eb) => eb.or([eb('k.retires_at', 'is', null), eb('k.retires_at', '>', now)]))
    .executeTakeFirst();

export const insertSession = (
  tx: Tx,
  session: {
    readonly id: string;
    readonly accountId: string;
    readonly openedAt: Date;
    readonly expiresAt: Date;
  },
): Promise<unknown> =>
  tx
    .insertInto('account_sessions')
    .values({
      id: session.id,
      account_id: session.accountId,
      opened_at: session.openedAt,
      expires_at: session.expiresAt,
    })
    .execute();

export interface NewRefreshToken {
  readonly hash: Buffer;
  readonly sessionId: string;
  readonly generation: number;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export const insertRefreshToken = (tx: Tx, token: NewRefreshToken): Promise<unknown> =>
  tx
    .insertInto('refresh_tokens')
    .values({
      token_hash: token.hash,
      session_id: token.sessionId,
      generation: token.generation,
      issued_at: token.issuedAt,
      expires_at: token.expiresAt,
    })
    .execute();

export interface RefreshTokenRow {
  readonly session_id: string;
  readonly account_id: string;
  readonly generation: number;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly revoked_at: Date | null;
}

/**
 * The refresh token with this hash and its session, both locked: of two uses at the same time the second waits here, and then
 * sees what the first one did.
 */
export const lockRefreshToken = (tx: Tx, hash: Buffer): Promise<RefreshTokenRow | undefined> =>
  tx
    .selectFrom('refresh_tokens as t')
    .innerJoin('account_sessions as s', 's.id', 't.session_id')
    .select(['t.session_id', 's.account_id', 't.generation', 't.expires_at', 't.used_at', 's.revoked_at'])
    .where('t.token_hash', '=', hash)
    .forUpdate(['t', 's'])
    .executeTakeFirst();

export const spendRefreshToken = (tx: Tx, hash: Buffer, at: Date): Promise<unknown> =>
  tx.updateTable('refresh_tokens').set({ used_at: at }).where('token_hash', '=', hash).execute();

export const extendSession = (tx: Tx, id: string, expiresAt: Date): Promise<unknown> =>
  tx.updateTable('account_sessions').set({ expires_at: expiresAt }).where('id', '=', id).execute();

/** Ends one session, or all of an account. @returns how many were open */
export async function revokeSessions(
  tx: Tx,
  which: { readonly accountId: string; readonly sessionId: string | null },
  at: Date,
  cause: RevokedCause,
): Promise<number> {
  const all = tx
    .updateTable('account_sessions')
    .set({ revoked_at: at, revoked_cause: cause })
    .where('account_id', '=', which.accountId)
    .where('revoked_at', 'is', null);
  const { numUpdatedRows } = await (which.sessionId === null
    ? all
    : all.where('id', '=', which.sessionId)
  ).executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Forgets refresh tokens that have expired: they are refused as unknown instead. Bounded, so that it never holds long. */
export const deleteExpiredTokens = (db: Reader, now: Date): Promise<unknown> =>
  sql`DELETE FROM refresh_tokens WHERE token_hash IN
    (SELECT token_hash FROM refresh_tokens WHERE expires_at < ${now} ORDER BY expires_at LIMIT 10000)`.execute(
    db,
  );

import type { SessionTokens } from '../../../shared/http/auth.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import type { Tx } from '../../db/database.ts';
import type { Stage } from '../mutation.ts';
import { signAccessToken } from './access-token.ts';
import { signingKey } from './activate.ts';
import { judgeRefresh, newRefreshToken, REFRESH_BYTES, refreshCheck, refreshHash } from './rules.ts';
import {
  extendSession,
  insertRefreshToken,
  insertSession,
  lockRefreshToken,
  revokeSessions,
  spendRefreshToken,
} from './store.ts';
import type { TokenKeys } from './token-keys.ts';

/** How long the tokens of a session last. */
export interface Lifetimes {
  readonly accessSeconds: number;
  readonly refreshMs: number;
}

export interface IssueDeps {
  readonly tokenKeys: TokenKeys;
  readonly lifetimes: Lifetimes;
  random(bytes: number): Uint8Array;
}

interface Issue {
  readonly accountId: string;
  readonly sessionId: string;
  readonly generation: number;
  readonly now: Date;
}

export const accountActor = (id: string): Actor => ({ type: 'account', id, name: null });

/** New tokens, with what the log says of the refresh token. */
async function issueTokens(tx: Tx, stage: Stage, deps: IssueDeps, issue: Issue) {
  const { accountId, sessionId, generation, now } = issue;
  const refreshToken = newRefreshToken(deps.random(REFRESH_BYTES));
  const expiresAt = new Date(now.getTime() + deps.lifetimes.refreshMs);
  const hash = refreshHash(refreshToken);
  await insertRefreshToken(tx, {
    hash,
    sessionId,
    generation,
    issuedAt: now,
    expiresAt,
  });
  const key = await signingKey(tx, stage, deps.tokenKeys, now);
  const { accessSeconds } = deps.lifetimes;
  const access = await signAccessToken(key, { accountId, sessionId }, now, accessSeconds);
  const refresh = { expiresAt: expiresAt.toISOString(), check: refreshCheck(hash) };
  const tokens: SessionTokens = {
    tokenType: 'Bearer',
    accessToken: access.token,
    expiresAt: access.expiresAt.toISOString(),
    refreshToken,
    refreshExpiresAt: refresh.expiresAt,
    sessionId,
  };
  return { tokens, refresh };
}

/** Opens a session for an account that has proved itself. */
export async function openSession(
  tx: Tx,
  stage: Stage,
  deps: IssueDeps,
  { accountId, now }: Pick<Issue, 'accountId' | 'now'>,
): Promise<SessionTokens> {
  const sessionId = makeId('accountSession', deps.random(10), now.getTime());
  const expiresAt = new Date(now.getTime() + deps.lifetimes.refreshMs);
  await insertSession(tx, { id: sessionId, accountId, openedAt: now, expiresAt });
  const issue = { accountId, sessionId, generation: 1, now };
  const { tokens, refresh } = await issueTokens(tx, stage, deps, issue);
  await stage('session.opened', { accountId, sessionId, refresh }, accountActor(accountId));
  return tokens;
}

/**
 * Exchanges a refresh token. One that was used before ends its session with everything that came from it, and says so in the
 * ledger: the thief and the owner cannot be told apart, so neither keeps it.
 * @returns null when it is refused; what was done about it has to be committed all the same
 */
export async function refreshSession(
  tx: Tx,
  stage: Stage,
  deps: IssueDeps,
  { refreshToken, now }: { readonly refreshToken: string; readonly now: Date },
): Promise<SessionTokens | null> {
  const hash = refreshHash(refreshToken);
  const row = await lockRefreshToken(tx, hash);
  const verdict = judgeRefresh(row, now);
  if (!row || verdict === 'refused') return null;
  const { account_id: accountId, session_id: sessionId, generation } = row;
  const actor = accountActor(accountId);
  if (verdict === 'reused') {
    await revokeSessions(tx, { accountId, sessionId }, now, 'reuse');
    await stage('session.reuse-detected', { accountId, sessionId, generation }, actor);
    return null;
  }
  await spendRefreshToken(tx, hash, now);
  await extendSession(tx, sessionId, new Date(now.getTime() + deps.lifetimes.refreshMs));
  const next = generation + 1;
  const issue = { accountId, sessionId, generation: next, now };
  const { tokens, refresh } = await issueTokens(tx, stage, deps, issue);
  await stage('session.refreshed', { accountId, sessionId, generation: next, refresh }, actor);
  return tokens;
}

import type { EventData } from '../../../shared/ledger/events.ts';
import { derive, type Telling } from '../../ledger/derive.ts';
import type { Rederiver } from '../../ledger/rederive.ts';
import { refreshCheck } from './rules.ts';
import { everyFamily, everySession } from './states.store.ts';
import { readTokenKeys } from './store.ts';

interface SessionState {
  readonly accountId: string;
  readonly expiresAt: string;
  /** Why it was revoked; null while it is not. */
  readonly revoked: string | null;
}

/** Sessions of accounts: whose they are, until when, and how they were revoked. One that is planted is a login that nobody made. */
export function sessionStates(): Rederiver {
  /** Those of each account that may be open: one entry tells the end of all of them. */
  const open = new Map<string, Set<string>>();

  const revoke = (told: Telling<SessionState>, entry: EventData<'session.revoked'>) => {
    const mine = open.get(entry.accountId) ?? new Set();
    const ended = entry.sessionId === null ? [...mine] : [entry.sessionId];
    // Fewer ended than may be open: somebody logged in meanwhile, and which ones it were is not told.
    for (const id of ended)
      if (ended.length > entry.count) told.isUnclear(id, 'revoked');
      else {
        told.is(id, { revoked: entry.cause });
        mine.delete(id);
      }
  };

  return derive<SessionState>({
    domain: 'account sessions',
    tables: ['account_sessions'],
    stored: async function* (tx) {
      for await (const { id, account_id: accountId, expires_at: at, revoked_cause: revoked } of everySession(
        tx,
      ))
        yield [id, { accountId, expiresAt: at.toISOString(), revoked }];
    },
    steps: {
      'session.opened': (told, { accountId, sessionId, refresh }) => {
        told.is(sessionId, { accountId, revoked: null, ...(refresh && { expiresAt: refresh.expiresAt }) });
        open.set(accountId, (open.get(accountId) ?? new Set()).add(sessionId));
      },
      'session.refreshed': (told, { sessionId, refresh }) =>
        told.is(sessionId, { ...(refresh && { expiresAt: refresh.expiresAt }) }),
      'session.revoked': revoke,
      'session.reuse-detected': (told, { accountId, sessionId }) => {
        told.is(sessionId, { revoked: 'reuse' });
        open.get(accountId)?.delete(sessionId);
      },
    },
  })();
}

interface FamilyState {
  readonly newest: number;
  /** Generations that nobody has used, in order. */
  readonly open: string;
  readonly expiresAt: string;
  /** A hash of the hash that finds the newest token. */
  readonly check: string;
}

/** Between the clocks of instances: what has just expired may be there or forgotten. */
const SLACK_MS = 60_000;

const issued = (generation: number, refresh: EventData<'session.opened'>['refresh']) => ({
  ...{ newest: generation, open: String(generation) },
  ...refresh,
});

/** Refresh tokens of each session: that only the newest is good, and that it is the one that was given out. Expired ones are forgotten. */
export const familyStates = derive<FamilyState>({
  domain: 'refresh tokens',
  tables: ['refresh_tokens'],
  stored: async function* (tx) {
    for await (const { id, newest, open, hash, expires_at: expires } of everyFamily(tx))
      yield [id, { newest, open: open ?? '', expiresAt: expires.toISOString(), check: refreshCheck(hash) }];
  },
  steps: {
    'session.opened': (told, { sessionId, refresh }) => told.is(sessionId, issued(1, refresh)),
    'session.refreshed': (told, { sessionId, generation, refresh }) =>
      told.is(sessionId, issued(generation, refresh)),
  },
  settle: (told, stored) => {
    const good = Date.now() + SLACK_MS;
    for (const id of [...told.states.keys()]) {
      const { expiresAt } = told.of(id) ?? {};
      // Older entries do not tell until when a token is good.
      const mayBeForgotten = expiresAt === undefined || Date.parse(expiresAt) < good;
      if (mayBeForgotten && !stored.has(id)) told.isGone(id);
    }
  },
});

interface TokenKeyState {
  readonly kid: string;
  readonly retiresAt: string | null;
}

/** Keys of access tokens: which there are, and until when their tokens are good. */
export const tokenKeyStates = derive<TokenKeyState>({
  domain: 'token keys',
  tables: ['token_keys'],
  stored: async (tx) =>
    (await readTokenKeys(tx)).map(({ version, kid, retires_at: at }) => [
      String(version),
      { kid, retiresAt: at?.toISOString() ?? null },
    ]),
  steps: {
    'signing-key.activated': (told, { version, kid, cause, overlapUntil: until }) => {
      for (const id of [...told.where(({ retiresAt }) => until === null || (retiresAt ?? until) >= until)])
        if (until !== null) told.is(id, { retiresAt: until });
        // Keys of a root that is gone end at a moment that no entry tells; nothing verifies by them.
        else if (cause === 'other-root') told.isUnclear(id, 'retiresAt');
      told.is(String(version), { kid, retiresAt: null });
    },
  },
});

import type { Database } from '../../db/database.ts';
import type { Credentials } from '../../gate/bearer.ts';
import { readAccessToken } from './access-token.ts';
import { findOpenSession } from './store.ts';
import type { TokenKeys } from './token-keys.ts';

/**
 * Resolves an access token to its account. Nothing is remembered between requests: session, role and key are one indexed look
 * at the database, so a revocation binds on every instance with the commit that made it.
 */
export const sessionFinder =
  (db: Pick<Database, 'kysely'>, tokenKeys: TokenKeys, now: () => Date): Credentials['findSession'] =>
  async (token) => {
    const at = now();
    const claims = await readAccessToken(token, (kid) => tokenKeys.activated(db, kid), at);
    const row = claims && (await findOpenSession(db.kysely, claims, at));
    return row ? { type: 'account', id: row.account_id, role: row.role, sessionId: row.id } : null;
  };

import type { IdentitySession } from '../../../shared/http/identity-parts.ts';
import type { Database, Tx } from '../../db/database.ts';
import { holds } from './accounts.store.ts';
import type { PageOf } from './page.ts';
import type { SessionEntryRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const entries = (db: Reader) =>
  db
    .selectFrom('account_sessions as s')
    .innerJoin('accounts as a', 'a.id', 's.account_id')
    .select(['s.id', 's.account_id', 'a.email', 's.opened_at', 's.last_used_at'])
    .select(['s.expires_at', 's.revoked_at', 's.revoked_cause']);

/** The session, locked until the end of the transaction: of two revocations one finds it revoked. */
export const lockSession = (tx: Tx, id: string): Promise<SessionEntryRow | undefined> =>
  entries(tx).where('s.id', '=', id).forUpdate('s').executeTakeFirst();

export const readSession = (tx: Tx, id: string): Promise<SessionEntryRow> =>
  entries(tx).where('s.id', '=', id).executeTakeFirstOrThrow();

export interface SessionsWanted extends PageOf {
  readonly state: IdentitySession['state'] | undefined;
  readonly account: string | undefined;
}

export function pageSessions(db: Reader, wanted: SessionsWanted, now: Date): Promise<SessionEntryRow[]> {
  const { before, limit, search, state, account } = wanted;
  let query = entries(db).orderBy('s.id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('s.id', '<', before);
  if (account !== undefined) query = query.where('s.account_id', '=', account);
  if (state !== undefined) query = query.where('s.revoked_at', state === 'revoked' ? 'is not' : 'is', null);
  if (state === 'open') query = query.where('s.expires_at', '>', now);
  if (state === 'expired') query = query.where('s.expires_at', '<=', now);
  if (search !== undefined)
    query = query.where((eb) => eb.or([holds(eb.ref('a.email'), search), eb('s.id', '=', search)]));
  return query.execute();
}

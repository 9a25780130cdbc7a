import { type Expression, type ExpressionBuilder, sql } from 'kysely';
import type { IdentityAccount } from '../../../shared/http/identity-parts.ts';
import type { Database } from '../../db/database.ts';
import type { Schema } from '../../db/schema.ts';
import type { PageOf } from './page.ts';
import type { AccountEntryRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** Whether it holds this text, whatever the case; no character of the text means anything but itself. */
export const holds = (column: Expression<string | null>, text: string) =>
  sql<boolean>`strpos(lower(${column}), lower(${text})) > 0`;

const count = sql<string>`count(*)`.as('n');

type OfAccount = ExpressionBuilder<Schema & { a: Schema['accounts'] }, 'a'>;

const openSessions = (eb: OfAccount, now: Date) =>
  eb
    .selectFrom('account_sessions as s')
    .whereRef('s.account_id', '=', 'a.id')
    .where('s.revoked_at', 'is', null)
    .where('s.expires_at', '>', now);

const entries = (db: Reader, now: Date) =>
  db
    .selectFrom('accounts as a')
    .select(['a.id', 'a.email', 'a.role', 'a.created_at'])
    .select((eb) => [
      openSessions(eb, now).select(count).$asScalar().$notNull().as('open_sessions'),
      eb
        .selectFrom('agents as g')
        .select(count)
        .whereRef('g.owner_id', '=', 'a.id')
        .$asScalar()
        .$notNull()
        .as('agents'),
      sql<string>`(SELECT count(*) FROM agent_keys k JOIN agents g ON g.id = k.agent_id
          WHERE g.owner_id = a.id AND k.revoked_at IS NULL)
        + (SELECT count(*) FROM api_keys k WHERE k.account_id = a.id AND k.revoked_at IS NULL
          AND (k.expires_at IS NULL OR k.expires_at > ${now}))`.as('keys'),
      eb
        .selectFrom('account_sessions as s')
        .select(({ fn }) => fn.max('s.last_used_at').as('at'))
        .whereRef('s.account_id', '=', 'a.id')
        .$asScalar()
        .as('last_used_at'),
    ]);

export const readIdentityAccount = (
  db: Reader,
  id: string,
  now: Date,
): Promise<AccountEntryRow | undefined> => entries(db, now).where('a.id', '=', id).executeTakeFirst();

export interface AccountsWanted extends PageOf {
  readonly state: IdentityAccount['state'] | undefined;
  readonly role: IdentityAccount['role'] | undefined;
}

export function pageAccounts(db: Reader, wanted: AccountsWanted, now: Date): Promise<AccountEntryRow[]> {
  const { before, limit, search, state, role } = wanted;
  let query = entries(db, now).orderBy('a.id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('a.id', '<', before);
  if (role !== undefined) query = query.where('a.role', '=', role);
  if (state !== undefined)
    query = query.where((eb) => {
      const open = eb.exists(openSessions(eb, now).select('s.id'));
      return state === 'logged-in' ? open : eb.not(open);
    });
  if (search !== undefined)
    query = query.where((eb) => eb.or([holds(eb.ref('a.email'), search), eb('a.id', '=', search)]));
  return query.execute();
}

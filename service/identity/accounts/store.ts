import { sql } from 'kysely';
import type { AccountRole } from '../../../shared/http/route.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { AccountRow, AccountStateRow, LoginRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = ['id', 'email', 'role', 'created_at'] as const;

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly emailKey: string;
  readonly passwordHash: string;
  readonly role: AccountRole;
  readonly createdAt: Date;
}

/** @throws DatabaseError of `accounts_email_once` for an address that has an account */
export const insertAccount = (tx: Tx, account: NewAccount): Promise<AccountRow> =>
  tx
    .insertInto('accounts')
    .values({
      id: account.id,
      email: account.email,
      email_key: account.emailKey,
      password_hash: account.passwordHash,
      role: account.role,
      created_at: account.createdAt,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

export const findLogin = (db: Reader, emailKey: string): Promise<LoginRow | undefined> =>
  db
    .selectFrom('accounts')
    .select([...columns, 'password_hash'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('containments')
            .select('containments.id')
            .where('kind', '=', 'account')
            .whereRef('credential', '=', 'accounts.id')
            .where('released_at', 'is', null),
        )
        .$castTo<boolean>()
        .as('contained'),
    )
    .where('email_key', '=', emailKey)
    .executeTakeFirst();

export const readAccount = (db: Reader, id: string): Promise<AccountRow | undefined> =>
  db.selectFrom('accounts').select(columns).where('id', '=', id).executeTakeFirst();

/** Whose address it is. */
export async function findAccountId(db: Reader, emailKey: string): Promise<string | undefined> {
  const found = await db
    .selectFrom('accounts')
    .select('id')
    .where('email_key', '=', emailKey)
    .executeTakeFirst();
  return found?.id;
}

/** The account, locked until the end of the transaction. */
export const lockAccount = (tx: Tx, id: string): Promise<AccountRow | undefined> =>
  tx.selectFrom('accounts').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

export const updateRole = (tx: Tx, id: string, role: AccountRole): Promise<unknown> =>
  tx.updateTable('accounts').set({ role }).where('id', '=', id).execute();

const withOpenSessions = (db: Reader, now: Date) =>
  db
    .selectFrom('accounts')
    .select(columns)
    .select((eb) =>
      eb
        .selectFrom('account_sessions')
        .select(sql<string>`count(*)`.as('n'))
        .whereRef('account_id', '=', 'accounts.id')
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now)
        .$asScalar()
        .$notNull()
        .as('open_sessions'),
    );

export const readAccountState = (db: Reader, id: string, now: Date): Promise<AccountStateRow> =>
  withOpenSessions(db, now).where('id', '=', id).executeTakeFirstOrThrow();

export interface AccountPage {
  /** Accounts older than this id: ids sort by time and are unique, so equal times neither skip nor repeat a row. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export function listAccounts(
  db: Reader,
  { before, limit }: AccountPage,
  now: Date,
): Promise<AccountStateRow[]> {
  const query = withOpenSessions(db, now).orderBy('id', 'desc').limit(limit);
  return (before === undefined ? query : query.where('id', '<', before)).execute();
}

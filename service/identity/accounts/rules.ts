import { domainToASCII } from 'node:url';
import type { AccountState } from '../../../shared/http/accounts.ts';
import { type Account, EMAIL_MAX, email as emailShape } from '../../../shared/http/auth.ts';
import type { AccountRole } from '../../../shared/http/route.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Passwords } from './passwords.ts';

/** Case and compatibility forms away. Upper case first: it unites final sigma and sharp s with their other spellings. */
const fold = (text: string): string => text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

/**
 * What two spellings of one address have in common: one account for all of them, so that nobody registers a look-alike of
 * somebody else's in other case, another Unicode form, or with the domain in Punycode.
 * @throws HttpError `invalid_body` when nothing that is an address is left
 */
export function emailKey(email: string): string {
  const folded = fold(email);
  const at = folded.lastIndexOf('@');
  const domain = domainToASCII(folded.slice(at + 1));
  const key = `${folded.slice(0, at)}@${domain}`;
  if (domain === '' || key.length > EMAIL_MAX || !emailShape.safeParse(key).success)
    throw new HttpError('invalid_body', 'email: this is not an e-mail address');
  return key;
}

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly role: AccountRole;
  readonly created_at: Date;
}

export const toAccount = (row: AccountRow): Account => ({
  id: row.id,
  email: row.email,
  role: row.role,
  createdAt: row.created_at.toISOString(),
});

export interface AccountStateRow extends AccountRow {
  /** `bigint`, which arrives as a decimal string. */
  readonly open_sessions: string | number | bigint;
}

export const toAccountState = (row: AccountStateRow): AccountState => ({
  ...toAccount(row),
  openSessions: Number(row.open_sessions),
});

export interface LoginRow extends AccountRow {
  readonly password_hash: string;
  /** By an operator, and released by nobody. */
  readonly contained: boolean;
}

/** The one answer to whoever does not get in, whatever the reason. */
export const wrongLogin = (cause?: unknown): HttpError =>
  new HttpError('unauthorized', 'e-mail or password is wrong', { cause });

/**
 * The account that this e-mail and password open. The password is compared before anything is known about the account, so an
 * unknown address takes the work of a wrong password and gets its answer. So does a contained account: a thief learns neither
 * that the password is right nor that somebody has noticed.
 * @throws HttpError `unauthorized`
 */
export async function requireLogin(
  find: (key: string) => Promise<LoginRow | undefined>,
  passwords: Pick<Passwords, 'matches'>,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<AccountRow> {
  const row = await find(emailKey(email));
  const matches = await passwords.matches(password, row?.password_hash ?? null);
  if (!matches || !row || row.contained) throw wrongLogin();
  return row;
}

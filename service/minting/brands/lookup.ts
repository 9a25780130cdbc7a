import type { Database, Tx } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import { emailKey } from '../../identity/accounts/rules.ts';
import { findAccountId } from '../../identity/accounts/store.ts';
import { secondsUntilLookup, takeLookup } from './store.ts';

/** How an owner names the account that becomes a member; the request has exactly one of both. */
export interface NamedAccount {
  readonly accountId?: string | undefined;
  readonly email?: string | undefined;
}

/** Addresses that one account may try in an hour: enough for a team, too few to try a list of strangers. */
export const LOOKUPS_PER_HOUR = 20;

export const noAccount = (cause?: unknown) =>
  new HttpError('not_found', 'there is no such account', { cause });

/** @throws HttpError `not_found` when no account has the address, `invalid_body` when it is none */
export async function accountNamed(tx: Tx, { accountId, email }: NamedAccount): Promise<string> {
  const id = email === undefined ? accountId : await findAccountId(tx, emailKey(email));
  if (id === undefined) throw noAccount();
  return id;
}

/**
 * Counts an attempt to find an account by its address, in a transaction of its own: what is refused later stays counted.
 * @throws HttpError `rate_limited`
 */
export async function countLookup(db: Pick<Database, 'kysely'>, accountId: string, now: Date): Promise<void> {
  const attempt = { accountId, now, limit: LOOKUPS_PER_HOUR };
  if (await takeLookup(db.kysely, attempt)) return;
  throw new HttpError(
    'rate_limited',
    `an account tries at most ${LOOKUPS_PER_HOUR} addresses an hour; add the member by the account’s id, or wait`,
    { retryAfterSeconds: await secondsUntilLookup(db.kysely, attempt) },
  );
}

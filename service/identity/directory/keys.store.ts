import { type SelectQueryBuilder, sql } from 'kysely';
import type { IdentityKey } from '../../../shared/http/identity-parts.ts';
import { ID_PREFIX } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import { holds } from './accounts.store.ts';
import type { PageOf } from './page.ts';
import { type KeyEntryRow, newestFirst, timePart } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const noTime = sql<Date | null>`NULL::timestamptz`;

/** Inference and management keys; those without an account are an operator's making. */
const apiKeys = (db: Reader) =>
  db
    .selectFrom('api_keys')
    .select(['id', 'family', 'display_prefix', 'label', 'account_id', 'agent_id'])
    .select(['created_at', 'last_used_at', 'expires_at', 'revoked_at']);

const agentKeys = (db: Reader) =>
  db
    .selectFrom('agent_keys as k')
    .innerJoin('agents as g', 'g.id', 'k.agent_id')
    .select(['k.id', 'k.display_prefix', 'g.name as label', 'k.created_at', 'k.last_used_at', 'k.revoked_at'])
    .select(['g.owner_id as account_id', 'k.agent_id'])
    .select([sql<IdentityKey['family']>`'platform'`.as('family'), noTime.as('expires_at')]);

const identityTokens = (db: Reader) =>
  db
    .selectFrom('identity_tokens as t')
    .innerJoin('agents as g', 'g.id', 't.agent_id')
    .select(['t.id', 't.display_prefix', 'g.name as label', 't.issued_at as created_at', 't.revoked_at'])
    .select(['g.owner_id as account_id', 't.agent_id', 't.expires_at'])
    .select([sql<IdentityKey['family']>`'identity'`.as('family'), noTime.as('last_used_at')]);

export interface KeysWanted extends PageOf {
  readonly family: IdentityKey['family'] | undefined;
  readonly state: IdentityKey['state'] | undefined;
  readonly account: string | undefined;
  readonly agent: string | undefined;
}

// Each of the three queries has its own tables; what they select is the same, and that is what is narrowed.
// biome-ignore lint/suspicious/noExplicitAny: kysely names the tables of a query in its type.
type Listed = SelectQueryBuilder<any, any, KeyEntryRow>;

function narrowed(list: Listed, db: Reader, prefix: string, wanted: KeysWanted, now: Date) {
  const { before, limit, search, state, account, agent, family } = wanted;
  let query = db.selectFrom(list.as('k')).selectAll().orderBy('k.id', 'desc').limit(limit);
  if (before !== undefined) query = query.where('k.id', '<', `${prefix}_${timePart(before)}`);
  if (family !== undefined) query = query.where('k.family', '=', family);
  if (account !== undefined) query = query.where('k.account_id', '=', account);
  if (agent !== undefined) query = query.where('k.agent_id', '=', agent);
  if (state !== undefined) query = query.where('k.revoked_at', state === 'revoked' ? 'is not' : 'is', null);
  if (state === 'expired') query = query.where('k.expires_at', '<=', now);
  if (state === 'active')
    query = query.where((eb) => eb.or([eb('k.expires_at', 'is', null), eb('k.expires_at', '>', now)]));
  if (search !== undefined)
    query = query.where((eb) =>
      eb.or([
        holds(eb.ref('k.label'), search),
        sql<boolean>`starts_with(${eb.ref('k.display_prefix')}, ${search})`,
        eb('k.id', '=', search),
      ]),
    );
  return query.execute();
}

/** Keys of every family in one list, newest first. Each family's page is cut by itself, and the newest of them all remain. */
export async function pageKeys(db: Reader, wanted: KeysWanted, now: Date): Promise<KeyEntryRow[]> {
  const lists = await Promise.all([
    narrowed(apiKeys(db), db, ID_PREFIX.key, wanted, now),
    narrowed(agentKeys(db), db, ID_PREFIX.key, wanted, now),
    narrowed(identityTokens(db), db, ID_PREFIX.identityToken, wanted, now),
  ]);
  return newestFirst(lists).slice(0, wanted.limit);
}

export const readAgentKey = (tx: Tx, id: string): Promise<KeyEntryRow | undefined> =>
  agentKeys(tx).where('k.id', '=', id).executeTakeFirst();

export const readIdentityToken = (tx: Tx, id: string): Promise<KeyEntryRow | undefined> =>
  identityTokens(tx).where('t.id', '=', id).executeTakeFirst();

/** Revokes the key while it is active. @returns whether it was */
export async function revokeAgentKey(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('agent_keys')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Revokes the token unless it was revoked or has expired. @returns whether it did */
export async function revokeIdentityToken(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('identity_tokens')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Revokes every inference key that calls for the agent. @returns how many */
export async function revokeInferenceKeysOf(
  tx: Tx,
  agentId: string,
  revoked: { readonly at: Date; readonly by: string; readonly reason: string },
): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('api_keys')
    .set({ revoked_at: revoked.at, revoked_by: revoked.by, revoked_reason: revoked.reason })
    .where('agent_id', '=', agentId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Revokes every identity token of the agent that is still good. @returns how many */
export async function revokeTokensOf(tx: Tx, agentId: string, at: Date): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('identity_tokens')
    .set({ revoked_at: at })
    .where('agent_id', '=', agentId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

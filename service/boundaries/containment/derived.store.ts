import type { Database } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** A page of what a set holds now; the set is looked at again until there is nothing. */
const PAGE = 100;
const EVER = new Date(0);

export const openSessions = (db: Reader, which: { readonly accountId: string } | { readonly id: string }) => {
  const open = db.selectFrom('account_sessions').select(['id', 'account_id']).where('revoked_at', 'is', null);
  return (
    'id' in which ? open.where('id', '=', which.id) : open.where('account_id', '=', which.accountId)
  ).execute();
};

export const liveKeys = (db: Reader, accountId: string, since: Date | null) =>
  db
    .selectFrom('api_keys')
    .select(['id', 'display_prefix', 'agent_id'])
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .where('created_at', '>=', since ?? EVER)
    .orderBy('id')
    .limit(PAGE)
    .execute();

export const liveKey = (db: Reader, id: string) =>
  db
    .selectFrom('api_keys')
    .select(['id', 'display_prefix'])
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();

/** Platform keys of the account's agents. */
export const liveAgentKeys = (db: Reader, accountId: string, since: Date | null) =>
  db
    .selectFrom('agent_keys as k')
    .innerJoin('agents as g', 'g.id', 'k.agent_id')
    .select(['k.id', 'k.agent_id', 'k.display_prefix'])
    .where('g.owner_id', '=', accountId)
    .where('k.revoked_at', 'is', null)
    .where('k.created_at', '>=', since ?? EVER)
    .orderBy('k.id')
    .limit(PAGE)
    .execute();

export const liveAgentKey = (db: Reader, id: string) =>
  db
    .selectFrom('agent_keys')
    .select(['id', 'agent_id', 'display_prefix'])
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();

const goodTokens = (db: Reader, now: Date) =>
  db
    .selectFrom('identity_tokens as t')
    .innerJoin('agents as g', 'g.id', 't.agent_id')
    .select(['t.id', 't.agent_id', 't.display_prefix'])
    .where('t.revoked_at', 'is', null)
    .where('t.expires_at', '>', now)
    .orderBy('t.id')
    .limit(PAGE);

export const tokensOfAccount = (db: Reader, accountId: string, since: Date | null, now: Date) =>
  goodTokens(db, now)
    .where('g.owner_id', '=', accountId)
    .where('t.issued_at', '>=', since ?? EVER)
    .execute();

export const tokensOfAgent = (db: Reader, agentId: string, since: Date | null, now: Date) =>
  goodTokens(db, now)
    .where('t.agent_id', '=', agentId)
    .where('t.issued_at', '>=', since ?? EVER)
    .execute();

export const goodToken = (db: Reader, id: string, now: Date) =>
  goodTokens(db, now).where('t.id', '=', id).execute();

export const activePayerSession = (db: Reader, id: string, now: Date) =>
  db
    .selectFrom('payer_sessions')
    .select('id')
    .where('id', '=', id)
    .where('state', '=', 'ACTIVE')
    .where('expires_at', '>', now)
    .execute();

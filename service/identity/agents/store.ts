import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { AgentRow, IdentityRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  'agents.id',
  'agents.name',
  'agents.owner_id',
  'agents.registered_at',
  'agents.connected_at',
  'agents.claimed_at',
] as const;

export const insertAgent = (
  tx: Tx,
  agent: {
    readonly id: string;
    readonly name: string;
    readonly claimCodeHash: Buffer;
    readonly registeredAt: Date;
  },
): Promise<AgentRow> =>
  tx
    .insertInto('agents')
    .values({
      id: agent.id,
      name: agent.name,
      claim_code_hash: agent.claimCodeHash,
      registered_at: agent.registeredAt,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

/** Gives an unclaimed agent its owner. @returns undefined when this code claims nothing any more, or never did */
export const claimAgent = (
  tx: Tx,
  codeHash: Buffer,
  claim: { readonly ownerId: string; readonly at: Date },
): Promise<AgentRow | undefined> =>
  tx
    .updateTable('agents')
    .set({ owner_id: claim.ownerId, claimed_at: claim.at })
    .where('claim_code_hash', '=', codeHash)
    .where('owner_id', 'is', null)
    .returning(columns)
    .executeTakeFirst();

/** Notes the first heartbeat. @returns false for every later one */
export async function connectAgent(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('agents')
    .set({ connected_at: at })
    .where('id', '=', id)
    .where('connected_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export const findByCode = (db: Reader, codeHash: Buffer): Promise<AgentRow | undefined> =>
  db.selectFrom('agents').select(columns).where('claim_code_hash', '=', codeHash).executeTakeFirst();

export const readAgent = (db: Reader, id: string): Promise<AgentRow | undefined> =>
  db.selectFrom('agents').select(columns).where('id', '=', id).executeTakeFirst();

/**
 * The agent, locked until the end of the transaction. Not against what refers to it: whoever issues a token holds a key of the agent
 * already, and a lock that its reference waits for would be a deadlock with the revocation of that key.
 */
export const lockAgent = (tx: Tx, id: string): Promise<AgentRow | undefined> =>
  tx.selectFrom('agents').select(columns).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();

export const listAgents = (db: Reader, ownerId: string, limit: number): Promise<AgentRow[]> =>
  db
    .selectFrom('agents')
    .select(columns)
    .where('owner_id', '=', ownerId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();

export const insertAgentKey = (
  tx: Tx,
  key: {
    readonly id: string;
    readonly agentId: string;
    readonly hash: Buffer;
    readonly displayPrefix: string;
    readonly createdAt: Date;
  },
): Promise<unknown> =>
  tx
    .insertInto('agent_keys')
    .values({
      id: key.id,
      agent_id: key.agentId,
      key_hash: key.hash,
      display_prefix: key.displayPrefix,
      created_at: key.createdAt,
    })
    .execute();

/** Revokes every active key of the agent but this one, or all of them. @returns how many */
export async function revokeKeysBut(tx: Tx, agentId: string, kept: string | null, at: Date): Promise<number> {
  const all = tx
    .updateTable('agent_keys')
    .set({ revoked_at: at })
    .where('agent_id', '=', agentId)
    .where('revoked_at', 'is', null);
  const { numUpdatedRows } = await (kept === null ? all : all.where('id', '<>', kept)).executeTakeFirst();
  return Number(numUpdatedRows);
}

export interface AgentKeyRow {
  readonly id: string;
  readonly agent_id: string;
  readonly owner_id: string | null;
  readonly display_prefix: string;
  readonly requests_per_minute: number;
}

export const findAgentKey = (db: Reader, hash: Buffer): Promise<AgentKeyRow | undefined> =>
  db
    .selectFrom('agent_keys as k')
    .innerJoin('agents as a', 'a.id', 'k.agent_id')
    .select(['k.id', 'k.agent_id', 'a.owner_id', 'k.display_prefix', 'k.requests_per_minute'])
    .where('k.key_hash', '=', hash)
    .where('k.revoked_at', 'is', null)
    .executeTakeFirst();

/**
 * Whether the key is active still, held so until the end of the transaction: what is issued under it is committed before its
 * revocation, which then finds it, or not at all.
 */
export async function holdActiveKey(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('agent_keys')
    .select('id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

export const insertIdentityToken = (
  tx: Tx,
  token: {
    readonly id: string;
    readonly hash: Buffer;
    readonly displayPrefix: string;
    readonly agentId: string;
    readonly issuedAt: Date;
    readonly expiresAt: Date;
  },
): Promise<unknown> =>
  tx
    .insertInto('identity_tokens')
    .values({
      id: token.id,
      token_hash: token.hash,
      display_prefix: token.displayPrefix,
      agent_id: token.agentId,
      issued_at: token.issuedAt,
      expires_at: token.expiresAt,
    })
    .execute();

export const findIdentity = (db: Reader, hash: Buffer): Promise<IdentityRow | undefined> =>
  db
    .selectFrom('identity_tokens as t')
    .innerJoin('agents', 'agents.id', 't.agent_id')
    .select([...columns, 't.expires_at', 't.revoked_at'])
    .where('t.token_hash', '=', hash)
    .executeTakeFirst();

/** For how long an expired identity token is remembered. */
export const IDENTITY_KEPT_MS = 24 * 3_600_000;

/** Forgets identity tokens a day after they expired; until then they are called expired, then unknown. */
export const deleteOldIdentities = (db: Reader, now: Date): Promise<unknown> =>
  sql`DELETE FROM identity_tokens WHERE token_hash IN
    (SELECT token_hash FROM identity_tokens WHERE expires_at < ${new Date(now.getTime() - IDENTITY_KEPT_MS)}
     ORDER BY expires_at LIMIT 10000)`.execute(db);

import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { mintAccountKey, successorOf } from '../keys/mint.ts';
import { toApiKey } from '../keys/rules.ts';
import { lockAgentsKeys, revokeActiveKey } from '../keys/store.ts';
import { actorOf, type Commit, type Stage } from '../mutation.ts';
import { hashOf, newSecret, SECRET_BYTES } from '../secret.ts';
import {
  CLAIM_CODE_BYTES,
  newClaimCode,
  requireIdentity,
  requireOwned,
  requirePrincipal,
  toAgent,
} from './rules.ts';
import {
  claimAgent,
  findByCode,
  findIdentity,
  holdActiveKey,
  insertAgent,
  insertAgentKey,
  insertIdentityToken,
  listAgents,
  lockAgent,
  readAgent,
  revokeKeysBut,
} from './store.ts';

export interface AgentHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  /** How long an identity token lasts. */
  readonly identityMs: number;
  random(bytes: number): Uint8Array;
}

type AgentHandlers = Omit<
  Pick<Handlers, Extract<keyof Handlers, `agents.${string}`>>,
  'agents.heartbeat' | 'agents.answer-challenge'
>;

const REKEYED = 'the agent was given new keys';

/** More agents than a person looks after; the list is not paged. */
const LISTED = 500;

export async function mintKey(
  tx: Tx,
  { random }: Pick<AgentHandlerDeps, 'random'>,
  agentId: string,
  createdAt: Date,
) {
  const key = newSecret('platform', random(SECRET_BYTES));
  const id = makeId('key', random(10), createdAt.getTime());
  const { hash, displayPrefix } = key;
  await insertAgentKey(tx, { id, agentId, hash, displayPrefix, createdAt });
  return { ...key, id };
}

const register =
  (deps: AgentHandlerDeps): AgentHandlers['agents.register'] =>
  ({ body: { name } }, ctx) =>
    deps.commit(ctx, async (tx, stage) => {
      const registeredAt = ctx.now();
      const id = makeId('agent', deps.random(10), registeredAt.getTime());
      const claimCode = newClaimCode(deps.random(CLAIM_CODE_BYTES));
      const row = await insertAgent(tx, { id, name, claimCodeHash: hashOf(claimCode), registeredAt });
      const { id: keyId, secret, displayPrefix } = await mintKey(tx, deps, id, registeredAt);
      await stage(
        'agent.registered',
        { agentId: id, name, keyId, displayPrefix },
        { type: 'agent', id, name },
      );
      return { status: 201, body: { agent: toAgent(row), key: secret, claimCode } } as const;
    });

const claim =
  ({ commit }: AgentHandlerDeps): AgentHandlers['agents.claim'] =>
  ({ body: { claimCode } }, ctx) =>
    commit(ctx, async (tx, stage) => {
      const { id: accountId } = requirePrincipal(ctx, 'account');
      const hash = hashOf(claimCode);
      const row = await claimAgent(tx, hash, { ownerId: accountId, at: ctx.now() });
      if (!row) {
        if (await findByCode(tx, hash)) throw new HttpError('conflict', 'this agent is claimed already');
        throw new HttpError('not_found', 'no agent has this claim code');
      }
      await stage('agent.claimed', { agentId: row.id, accountId });
      return { status: 200, body: { agent: toAgent(row) } } as const;
    });

/** The keys with which the agent calls models: each one’s successor first, then its end. */
async function replaceInferenceKeys(
  tx: Tx,
  stage: Stage,
  { random }: AgentHandlerDeps,
  { agentId, by, now }: { readonly agentId: string; readonly by: string; readonly now: Date },
) {
  const replaced = [];
  for (const former of await lockAgentsKeys(tx, agentId, now)) {
    const { row, secret } = await mintAccountKey(tx, stage, random, successorOf(former, now, by));
    const { id, display_prefix: displayPrefix } = former;
    await revokeActiveKey(tx, id, { at: now, by, reason: REKEYED });
    await stage('key.revoked', { keyId: id, displayPrefix, reason: REKEYED });
    replaced.push({ replaces: id, key: toApiKey(row, now), secret });
  }
  return replaced;
}

/** The new key first, then the old ones, in one transaction: whatever fails leaves the old key working. */
const rekey =
  (deps: AgentHandlerDeps): AgentHandlers['agents.rekey'] =>
  ({ params: { id } }, ctx) =>
    deps.commit(ctx, async (tx, stage) => {
      const row = requireOwned(await lockAgent(tx, id), requirePrincipal(ctx, 'account').id);
      const now = ctx.now();
      const key = await mintKey(tx, deps, id, now);
      const inferenceKeys = await replaceInferenceKeys(tx, stage, deps, {
        agentId: id,
        by: actorOf(ctx).id,
        now,
      });
      const revoked = (await revokeKeysBut(tx, id, key.id, now)) + inferenceKeys.length;
      const { displayPrefix } = key;
      await stage('agent.rekeyed', { agentId: id, keyId: key.id, displayPrefix, revoked });
      return { status: 200, body: { agent: toAgent(row), key: key.secret, inferenceKeys, revoked } } as const;
    });

const list =
  ({ db }: AgentHandlerDeps): AgentHandlers['agents.list'] =>
  async (_input, ctx) => {
    const rows = await listAgents(db.kysely, requirePrincipal(ctx, 'account').id, LISTED);
    return { status: 200, body: { agents: rows.map(toAgent) } };
  };

/** The agent of the request: its own key's, or the one that its account acts as. */
const current =
  ({ db }: AgentHandlerDeps): AgentHandlers['agents.self'] =>
  async (_input, { agent }) => {
    const row = agent === null ? undefined : await readAgent(db.kysely, agent);
    if (!row) throw new HttpError('unauthorized', 'this agent is gone');
    return { status: 200, body: { agent: toAgent(row) } };
  };

const identify =
  ({ commit, random, identityMs }: AgentHandlerDeps): AgentHandlers['agents.identify'] =>
  (_input, ctx) =>
    commit(ctx, async (tx, stage) => {
      const { id: agentId, keyId } = requirePrincipal(ctx, 'agent');
      if (!(await holdActiveKey(tx, keyId))) throw new HttpError('unauthorized', 'this key was revoked');
      const issuedAt = ctx.now();
      const expiresAt = new Date(issuedAt.getTime() + identityMs);
      const { secret, hash, displayPrefix } = newSecret('identity', random(SECRET_BYTES));
      const id = makeId('identityToken', random(10), issuedAt.getTime());
      await insertIdentityToken(tx, { id, hash, displayPrefix, agentId, issuedAt, expiresAt });
      const until = expiresAt.toISOString();
      await stage('agent.identity-issued', { agentId, tokenId: id, displayPrefix, expiresAt: until });
      return { status: 201, body: { token: secret, expiresAt: until } } as const;
    });

const verifyIdentity =
  ({ db }: AgentHandlerDeps): AgentHandlers['agents.verify-identity'] =>
  async ({ body: { token } }, ctx) => {
    const row = requireIdentity(await findIdentity(db.kysely, hashOf(token)), ctx.now());
    return { status: 200, body: { agent: toAgent(row), expiresAt: row.expires_at.toISOString() } };
  };

export const agentHandlers = (deps: AgentHandlerDeps): AgentHandlers => ({
  'agents.register': register(deps),
  'agents.claim': claim(deps),
  'agents.rekey': rekey(deps),
  'agents.list': list(deps),
  'agents.acting': current(deps),
  'agents.self': current(deps),
  'agents.identify': identify(deps),
  'agents.verify-identity': verifyIdentity(deps),
});

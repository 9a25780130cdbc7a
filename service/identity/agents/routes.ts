import { makeId } from '../../../shared/ids/ids.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { Handlers, Principal, RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Commit } from '../mutation.ts';
import { hashOf, newSecret, SECRET_BYTES } from '../secret.ts';
import {
  CLAIM_CODE_BYTES,
  IDENTITY_MS,
  newClaimCode,
  requireIdentity,
  requireOwned,
  toAgent,
} from './rules.ts';
import {
  claimAgent,
  findByCode,
  findIdentity,
  insertAgent,
  insertAgentKey,
  insertIdentityToken,
  listAgents,
  lockAgent,
  readAgent,
  revokeOtherKeys,
} from './store.ts';

export interface AgentHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  random(bytes: number): Uint8Array;
}

type AgentHandlers = Pick<Handlers, Extract<keyof Handlers, `agents.${string}`>>;

/** More agents than a person looks after; the list is not paged. */
const LISTED = 500;

/** The gate lets only this kind through; a route that forgot to say so fails closed. */
function requirePrincipal<T extends Principal['type']>(
  { principal }: RequestContext,
  type: T,
): Extract<Principal, { type: T }> {
  if (principal.type !== type) throw new HttpError('unauthorized', 'another credential is needed');
  return principal as Extract<Principal, { type: T }>;
}

async function mintKey(tx: Tx, { random }: AgentHandlerDeps, agentId: string, createdAt: Date) {
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

/** The new key first, then the old ones, in one transaction: whatever fails leaves the old key working. */
const rekey =
  (deps: AgentHandlerDeps): AgentHandlers['agents.rekey'] =>
  ({ params: { id } }, ctx) =>
    deps.commit(ctx, async (tx, stage) => {
      const row = requireOwned(await lockAgent(tx, id), requirePrincipal(ctx, 'account').id);
      const now = ctx.now();
      const key = await mintKey(tx, deps, id, now);
      const revoked = await revokeOtherKeys(tx, id, key.id, now);
      const { displayPrefix } = key;
      await stage('agent.rekeyed', { agentId: id, keyId: key.id, displayPrefix, revoked });
      return { status: 200, body: { agent: toAgent(row), key: key.secret, revoked } } as const;
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
  ({ commit, random }: AgentHandlerDeps): AgentHandlers['agents.identify'] =>
  (_input, ctx) =>
    commit(ctx, async (tx, stage) => {
      const { id: agentId } = requirePrincipal(ctx, 'agent');
      const issuedAt = ctx.now();
      const expiresAt = new Date(issuedAt.getTime() + IDENTITY_MS);
      const { secret, hash } = newSecret('identity', random(SECRET_BYTES));
      await insertIdentityToken(tx, { hash, agentId, issuedAt, expiresAt });
      const until = expiresAt.toISOString();
      await stage('agent.identity-issued', { agentId, expiresAt: until });
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

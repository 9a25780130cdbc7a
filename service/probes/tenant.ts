import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { PROBE_EMAILS } from '../../shared/boundaries/probe-tenant.ts';
import { routeOf } from '../../shared/http/table.ts';
import { addressOf } from '../../shared/money/wallets.ts';
import type { Answer, Asked, Client } from './client.ts';

export interface Session {
  readonly accountId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Two accounts without a credit: one attacks, the other one is attacked. */
export interface Tenant {
  readonly attacker: Session;
  readonly victim: Session;
  /** Inference key of the attacker at the default rate. */
  readonly key: string;
  /** Inference key that may call once a minute. */
  readonly slowKey: string;
  readonly managementKey: string;
  readonly revokedKey: string;
  /** Of the victim. */
  readonly foreignKeyId: string;
  readonly foreignAgentId: string;
  readonly wallet: string;
  readonly foreignWallet: string;
  /** Material of a provider secret of the attacker; it opens nothing anywhere. */
  readonly material: string;
  /** One more session of the attacker, to be wasted. */
  login(): Promise<Session>;
}

export class TenantError extends Error {
  override readonly name = 'TenantError';
  readonly code = 'not-open';
}

const opened = z.object({
  account: z.object({ id: z.string() }),
  tokens: z.object({ accessToken: z.string(), refreshToken: z.string() }),
});
const issued = z.object({ key: z.object({ id: z.string() }), secret: z.string() });
const agents = z.object({ agents: z.array(z.object({ id: z.string() })) });
const registered = z.object({ agent: z.object({ id: z.string() }), claimCode: z.string() });

/** @throws TenantError with the refusal, when it is not one of the statuses */
function need(answer: Answer, ...statuses: number[]): unknown {
  if (statuses.includes(answer.status)) return answer.body;
  throw new TenantError(`a step of its own was refused with ${answer.status} ${answer.type ?? ''}`.trimEnd());
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const post = (path: string, body: unknown, token?: string): Asked => ({
  ...{ method: 'POST', path, body },
  headers: { ...(token === undefined ? {} : bearer(token)), 'idempotency-key': randomUUID() },
});

async function login(client: Client, who: keyof typeof PROBE_EMAILS, password: string): Promise<Session> {
  const account = { email: PROBE_EMAILS[who], password };
  const answer = await client.open(post(routeOf('auth.login').path, account));
  const { account: found, tokens } = opened.parse(need(answer, 200));
  return { accountId: found.id, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken };
}

async function enter(client: Client, who: keyof typeof PROBE_EMAILS, password: string): Promise<Session> {
  need(
    await client.open(post(routeOf('auth.register').path, { email: PROBE_EMAILS[who], password })),
    ...[201, 409],
  );
  return login(client, who, password);
}

async function makeKey(client: Client, { accessToken }: Session, more: object) {
  const body = { label: 'probe', ...more };
  return issued.parse(
    need(await client.open(post(routeOf('account-keys.create').path, body, accessToken)), 201),
  );
}

async function agentOf(client: Client, { accessToken }: Session): Promise<string> {
  const path = routeOf('agents.list').path;
  const [first] = agents.parse(need(await client.open({ path, headers: bearer(accessToken) }), 200)).agents;
  if (first) return first.id;
  const made = await client.open(post(routeOf('agents.register').path, { name: 'probe' }));
  const { agent, claimCode } = registered.parse(need(made, 201));
  need(await client.open(post(routeOf('agents.claim').path, { claimCode }, accessToken)), 200);
  return agent.id;
}

async function keysOf(client: Client, attacker: Session, victim: Session) {
  const key = await makeKey(client, attacker, {});
  const slow = await makeKey(client, attacker, { requestsPerMinute: 1 });
  const management = await makeKey(client, attacker, { family: 'management' });
  const revoked = await makeKey(client, attacker, {});
  const path = routeOf('account-keys.revoke').path.replace(':id', revoked.key.id);
  need(await client.open(post(path, { reason: 'probe' }, attacker.accessToken)), 200);
  const foreign = await makeKey(client, victim, {});
  return {
    ...{ key: key.secret, slowKey: slow.secret, managementKey: management.secret },
    ...{ revokedKey: revoked.secret, foreignKeyId: foreign.key.id },
  };
}

async function keepSecret(client: Client, { accessToken }: Session): Promise<string> {
  const material = `probe-${randomBytes(24).toString('base64url')}`;
  const body = { provider: 'openai', scope: 'account', material };
  need(await client.open(post(routeOf('provider-keys.put').path, body, accessToken)), ...[200, 201]);
  return material;
}

type Lasting = Awaited<ReturnType<typeof keysOf>> & Pick<Tenant, 'material' | 'foreignAgentId'>;

/**
 * Opens the tenant for one round. Sessions are new each time; keys and secret are made once in the life of the process, so that
 * rounds do not fill the tables.
 */
export function tenantOpener(client: Client, password: string): () => Promise<Tenant> {
  let lasting: Lasting | null = null;
  return async () => {
    const attacker = await enter(client, 'attacker', password);
    const victim = await enter(client, 'victim', password);
    lasting ??= {
      ...(await keysOf(client, attacker, victim)),
      material: await keepSecret(client, attacker),
      foreignAgentId: await agentOf(client, victim),
    };
    return {
      ...{ ...lasting, attacker, victim },
      wallet: addressOf({ type: 'account', id: attacker.accountId }),
      foreignWallet: addressOf({ type: 'account', id: victim.accountId }),
      login: () => login(client, 'attacker', password),
    };
  };
}

import type { Tx } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { mintKey } from '../agents/routes.ts';
import { lockAgent, revokeKeysBut } from '../agents/store.ts';
import { actorOf, type Done, type Mutate } from '../mutation.ts';
import { requireNamed } from '../named.ts';
import { revokeSessions } from '../sessions/store.ts';
import { hasKeyNamed, readIdentityAgent } from './agents.store.ts';
import {
  readAgentKey,
  readIdentityToken,
  revokeAgentKey,
  revokeIdentityToken,
  revokeInferenceKeysOf,
  revokeTokensOf,
} from './keys.store.ts';
import { toIdentityAgent, toIdentityKey, toIdentitySession } from './rules.ts';
import { lockSession, readSession } from './sessions.store.ts';

export interface ContainDeps {
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

type Acts = 'revoke-session' | 'revoke-agent' | 'rekey-agent' | 'revoke-agent-key' | 'revoke-token';
type ContainHandlers = Pick<Handlers, `identity.${Acts}`>;

const absent = (what: string, id: string) => new HttpError('not_found', `there is no ${what} ${id}`);

const revokeSession =
  ({ mutate }: ContainDeps): ContainHandlers['identity.revoke-session'] =>
  ({ params: { id }, body: { email, openedAt, reason } }, ctx) =>
    mutate('identity.revoke-session', ctx, async (tx, stage): Promise<Done<'identity.revoke-session'>> => {
      const row = await lockSession(tx, id);
      if (!row) throw absent('session', id);
      requireNamed(id, { email, openedAt }, { email: row.email, openedAt: row.opened_at.toISOString() });
      const now = ctx.now();
      const { state } = toIdentitySession(row, now);
      if (state !== 'open') throw new HttpError('conflict', `${id} is ${state} already`);
      const accountId = row.account_id;
      const count = await revokeSessions(tx, { accountId, sessionId: id }, now, 'operator');
      const ended = { accountId, sessionId: id, count, cause: 'operator', reason } as const;
      const eventId = await stage('session.revoked', ended);
      const session = toIdentitySession(await readSession(tx, id), now);
      return { subject: id, answer: { status: 200, body: { session, eventId } } };
    });

/**
 * The agent that the signer read of. Names repeat, so it is the beginning of one of its keys that tells agents apart; any key it
 * ever had will do, or whoever holds a stolen session could keep rekeying ahead of every revocation.
 */
async function lockNamedAgent(
  tx: Tx,
  id: string,
  given: { readonly name: string; readonly displayPrefix: string },
) {
  const row = await lockAgent(tx, id);
  if (!row) throw absent('agent', id);
  requireNamed(id, { name: given.name }, { name: row.name });
  if (!(await hasKeyNamed(tx, id, given.displayPrefix)))
    throw new HttpError('name_mismatch', `${id} never had a key ${given.displayPrefix}…; read it again`);
  return row;
}

async function agentAfter(tx: Tx, id: string) {
  const row = await readIdentityAgent(tx, id);
  if (!row) throw absent('agent', id);
  return toIdentityAgent(row);
}

const revokeAgent =
  ({ mutate }: ContainDeps): ContainHandlers['identity.revoke-agent'] =>
  ({ params: { id }, body: { name, displayPrefix, reason } }, ctx) =>
    mutate('identity.revoke-agent', ctx, async (tx, stage): Promise<Done<'identity.revoke-agent'>> => {
      await lockNamedAgent(tx, id, { name, displayPrefix });
      const at = ctx.now();
      const inference = await revokeInferenceKeysOf(tx, id, { at, by: actorOf(ctx).id, reason });
      const revokedKeys = inference + (await revokeKeysBut(tx, id, null, at));
      const revokedTokens = await revokeTokensOf(tx, id, at);
      if (revokedKeys + revokedTokens === 0)
        throw new HttpError('conflict', `${id} has no key and no identity token that is good`);
      const eventId = await stage('agent.credentials-revoked', {
        agentId: id,
        revokedKeys,
        revokedTokens,
        reason,
      });
      const agent = await agentAfter(tx, id);
      return { subject: id, answer: { status: 200, body: { agent, revokedKeys, revokedTokens, eventId } } };
    });

/** The new key first, then the old ones, in one transaction: whatever fails leaves the old key working (SPEC 1). */
const rekeyAgent =
  ({ mutate, random }: ContainDeps): ContainHandlers['identity.rekey-agent'] =>
  ({ params: { id }, body: { name, displayPrefix, reason } }, ctx) =>
    mutate('identity.rekey-agent', ctx, async (tx, stage): Promise<Done<'identity.rekey-agent'>> => {
      const row = await lockNamedAgent(tx, id, { name, displayPrefix });
      if (row.owner_id === null)
        throw new HttpError('conflict', `nobody has claimed ${id}; it registers again instead`);
      const now = ctx.now();
      const key = await mintKey(tx, { random }, id, now);
      const revokedKeys = await revokeKeysBut(tx, id, key.id, now);
      const revokedTokens = await revokeTokensOf(tx, id, now);
      const eventId = await stage('agent.rekeyed-by-operator', {
        agentId: id,
        keyId: key.id,
        displayPrefix: key.displayPrefix,
        revokedKeys,
        revokedTokens,
        reason,
      });
      const agent = await agentAfter(tx, id);
      const body = { agent, secret: key.secret, revokedKeys, revokedTokens, eventId };
      return { subject: id, answer: { status: 200, body } };
    });

const revokeKey =
  ({ mutate }: ContainDeps): ContainHandlers['identity.revoke-agent-key'] =>
  ({ params: { id }, body: { displayPrefix, reason } }, ctx) =>
    mutate(
      'identity.revoke-agent-key',
      ctx,
      async (tx, stage): Promise<Done<'identity.revoke-agent-key'>> => {
        const row = await readAgentKey(tx, id);
        if (!row || row.agent_id === null) throw absent('platform key', id);
        requireNamed(id, { displayPrefix }, { displayPrefix: row.display_prefix });
        const now = ctx.now();
        if (!(await revokeAgentKey(tx, id, now))) throw new HttpError('conflict', `${id} is revoked already`);
        const eventId = await stage('agent.key-revoked', {
          agentId: row.agent_id,
          keyId: id,
          displayPrefix,
          reason,
        });
        const key = toIdentityKey({ ...row, revoked_at: now }, now);
        return { subject: id, answer: { status: 200, body: { key, eventId } } };
      },
    );

const revokeToken =
  ({ mutate }: ContainDeps): ContainHandlers['identity.revoke-token'] =>
  ({ params: { id }, body: { displayPrefix, reason } }, ctx) =>
    mutate('identity.revoke-token', ctx, async (tx, stage): Promise<Done<'identity.revoke-token'>> => {
      const row = await readIdentityToken(tx, id);
      if (!row || row.agent_id === null) throw absent('identity token', id);
      requireNamed(id, { displayPrefix }, { displayPrefix: row.display_prefix });
      const now = ctx.now();
      if (!(await revokeIdentityToken(tx, id, now)))
        throw new HttpError('conflict', `${id} was revoked or has expired already`);
      const eventId = await stage('agent.identity-revoked', {
        agentId: row.agent_id,
        tokenId: id,
        displayPrefix,
        reason,
      });
      const key = toIdentityKey({ ...row, revoked_at: now }, now);
      return { subject: id, answer: { status: 200, body: { key, eventId } } };
    });

export const containHandlers = (deps: ContainDeps): ContainHandlers => ({
  'identity.revoke-session': revokeSession(deps),
  'identity.revoke-agent': revokeAgent(deps),
  'identity.rekey-agent': rekeyAgent(deps),
  'identity.revoke-agent-key': revokeKey(deps),
  'identity.revoke-token': revokeToken(deps),
});

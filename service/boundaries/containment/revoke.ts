import type { Actor } from '../../../shared/ledger/entry.ts';
import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import type { Database, Tx } from '../../db/database.ts';
import { revokeAgentKey, revokeIdentityToken } from '../../identity/directory/keys.store.ts';
import { revokeActiveKey } from '../../identity/keys/store.ts';
import { revokeSessions } from '../../identity/sessions/store.ts';
import {
  activePayerSession,
  goodToken,
  liveAgentKey,
  liveAgentKeys,
  liveKey,
  liveKeys,
  openSessions,
  tokensOfAccount,
  tokensOfAgent,
} from './derived.store.ts';
import type { Step } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** How a step tells the log; the order's own words stand behind it. */
export interface Revocation {
  readonly now: Date;
  readonly by: Actor;
  readonly reason: string;
  stage<K extends EventKind>(kind: K, data: EventData<K>): Promise<unknown>;
  /** The payer's own room ends its sessions. @returns whether it was active */
  revokePayerSession(
    tx: Tx,
    id: string,
    how: { readonly now: Date; readonly by: string; readonly reason: string },
  ): Promise<boolean>;
}

interface Found {
  readonly id: string;
  revoke(tx: Tx, how: Revocation): Promise<boolean>;
}

const sessionOf = ({ id, account_id: accountId }: { id: string; account_id: string }): Found => ({
  id,
  revoke: async (tx, { now, stage, reason }) => {
    const count = await revokeSessions(tx, { accountId, sessionId: id }, now, 'operator');
    if (count > 0)
      await stage('session.revoked', { accountId, sessionId: id, count, cause: 'operator', reason });
    return count > 0;
  },
});

const keyOf = ({ id, display_prefix: displayPrefix }: { id: string; display_prefix: string }): Found => ({
  id,
  revoke: async (tx, { now, by, reason, stage }) => {
    const row = await revokeActiveKey(tx, id, { at: now, by: by.id, reason });
    if (row) await stage('key.revoked', { keyId: id, displayPrefix, reason });
    return row !== undefined;
  },
});

interface OfAgent {
  readonly id: string;
  readonly agent_id: string;
  readonly display_prefix: string;
}

const agentKeyOf = ({ id, agent_id: agentId, display_prefix: displayPrefix }: OfAgent): Found => ({
  id,
  revoke: async (tx, { now, reason, stage }) => {
    const revoked = await revokeAgentKey(tx, id, now);
    if (revoked) await stage('agent.key-revoked', { agentId, keyId: id, displayPrefix, reason });
    return revoked;
  },
});

const tokenOf = ({ id, agent_id: agentId, display_prefix: displayPrefix }: OfAgent): Found => ({
  id,
  revoke: async (tx, { now, reason, stage }) => {
    const revoked = await revokeIdentityToken(tx, id, now);
    if (revoked) await stage('agent.identity-revoked', { agentId, tokenId: id, displayPrefix, reason });
    return revoked;
  },
});

const payerSessionOf = ({ id }: { id: string }): Found => ({
  id,
  revoke: async (tx, { now, by, reason, stage, revokePayerSession }) => {
    const revoked = await revokePayerSession(tx, id, { now, by: by.id, reason });
    if (revoked) await stage('payer.session-revoked', { sessionId: id, reason });
    return revoked;
  },
});

/** What a step would revoke now: a page of it. */
export async function found(db: Reader, { action, target, since }: Step, now: Date): Promise<Found[]> {
  switch (action) {
    case 'session':
      return (await openSessions(db, { id: target })).map(sessionOf);
    case 'sessions-of-account':
      return (await openSessions(db, { accountId: target })).map(sessionOf);
    case 'key':
      return (await liveKey(db, target)).map(keyOf);
    case 'keys-of-account':
      return (await liveKeys(db, target, since)).map(keyOf);
    case 'agent-key':
      return (await liveAgentKey(db, target)).map(agentKeyOf);
    case 'agents-of-account': {
      // Keys before tokens: a key that works issues others.
      const keys = (await liveAgentKeys(db, target, since)).map(agentKeyOf);
      return [...keys, ...(await tokensOfAccount(db, target, since, now)).map(tokenOf)];
    }
    case 'token':
      return (await goodToken(db, target, now)).map(tokenOf);
    case 'tokens-of-agent':
      return (await tokensOfAgent(db, target, since, now)).map(tokenOf);
    case 'payer-session':
      return (await activePayerSession(db, target, now)).map(payerSessionOf);
  }
}

/**
 * Revokes a page of what the step finds now.
 * @returns how many, and whether nothing is left: only a look that finds nothing says so
 */
export async function runStep(
  tx: Tx,
  step: Step,
  how: Revocation,
): Promise<{ readonly revoked: number; readonly done: boolean }> {
  const things = await found(tx, step, how.now);
  let revoked = 0;
  for (const thing of things) if (await thing.revoke(tx, how)) revoked += 1;
  return { revoked, done: things.length === 0 };
}

import type { CredentialKind } from '../../../shared/http/containment.ts';
import type { AccountRole, OperatorRole } from '../../../shared/http/route.ts';
import { addressOf } from '../../../shared/money/wallets.ts';
import type { Database } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** A credential as it is found: whose it is, and what bounds it. */
export interface Credential {
  readonly kind: CredentialKind;
  readonly id: string;
  readonly name: string;
  readonly accountId: string | null;
  readonly agentId: string | null;
  /** When it began to exist: whatever it made is younger. */
  readonly since: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly accountRole?: AccountRole;
  readonly operatorRole?: OperatorRole;
  /** Units that the key may spend in all; null: no limit of its own. */
  readonly spendLimit?: bigint | null;
  readonly signaturesLeft?: number;
}

async function account(db: Reader, id: string): Promise<Credential | null> {
  const row = await db
    .selectFrom('accounts')
    .select(['email', 'role', 'created_at'])
    .select((eb) =>
      eb
        .selectFrom('containments')
        .select(({ fn }) => fn.min('ordered_at').as('at'))
        .where('kind', '=', 'account')
        .whereRef('credential', '=', 'accounts.id')
        .where('released_at', 'is', null)
        .as('contained_at'),
    )
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const whose = { accountId: id, agentId: null, accountRole: row.role };
  return {
    kind: 'account',
    id,
    name: row.email,
    ...whose,
    since: row.created_at,
    expiresAt: null,
    // Its password opens nothing meanwhile; two persons may release it.
    revokedAt: row.contained_at,
  };
}

async function session(
  db: Reader,
  id: string,
  kind: 'session' | 'refresh-token',
): Promise<Credential | null> {
  const row = await db
    .selectFrom('account_sessions as s')
    .innerJoin('accounts as a', 'a.id', 's.account_id')
    .select(['s.account_id', 's.opened_at', 's.expires_at', 's.revoked_at', 'a.email', 'a.role'])
    .where('s.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const whose = { accountId: row.account_id, agentId: null, accountRole: row.role };
  const times = { since: row.opened_at, expiresAt: row.expires_at, revokedAt: row.revoked_at };
  return { kind, id, name: row.email, ...whose, ...times };
}

async function apiKey(db: Reader, id: string, kind: 'management' | 'inference'): Promise<Credential | null> {
  const row = await db
    .selectFrom('api_keys')
    .select([
      'display_prefix',
      'account_id',
      'agent_id',
      'spend_limit',
      'created_at',
      'expires_at',
      'revoked_at',
    ])
    .where('id', '=', id)
    .where('family', '=', kind)
    .executeTakeFirst();
  if (!row) return null;
  const whose = { accountId: row.account_id, agentId: row.agent_id };
  const times = { since: row.created_at, expiresAt: row.expires_at, revokedAt: row.revoked_at };
  const spendLimit = row.spend_limit === null ? null : BigInt(row.spend_limit);
  return { kind, id, name: row.display_prefix, ...whose, ...times, spendLimit };
}

async function agentKey(db: Reader, id: string): Promise<Credential | null> {
  const row = await db
    .selectFrom('agent_keys as k')
    .innerJoin('agents as g', 'g.id', 'k.agent_id')
    .select(['k.display_prefix', 'k.agent_id', 'g.owner_id', 'k.created_at', 'k.revoked_at'])
    .where('k.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const times = { since: row.created_at, expiresAt: null, revokedAt: row.revoked_at };
  const whose = { accountId: row.owner_id, agentId: row.agent_id };
  return { kind: 'platform', id, name: row.display_prefix, ...whose, ...times };
}

async function identityToken(db: Reader, id: string): Promise<Credential | null> {
  const row = await db
    .selectFrom('identity_tokens as t')
    .innerJoin('agents as g', 'g.id', 't.agent_id')
    .select(['t.display_prefix', 't.agent_id', 'g.owner_id', 't.issued_at', 't.expires_at', 't.revoked_at'])
    .where('t.id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const times = { since: row.issued_at, expiresAt: row.expires_at, revokedAt: row.revoked_at };
  return {
    kind: 'identity',
    id,
    name: row.display_prefix,
    accountId: row.owner_id,
    agentId: row.agent_id,
    ...times,
  };
}

async function payerSession(db: Reader, id: string): Promise<Credential | null> {
  const row = await db
    .selectFrom('payer_sessions')
    .select(['purpose', 'issued_at', 'expires_at', 'ended_at', 'signature_allowance', 'signatures_used'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const times = { since: row.issued_at, expiresAt: row.expires_at, revokedAt: row.ended_at };
  const signaturesLeft = row.ended_at === null ? row.signature_allowance - row.signatures_used : 0;
  return {
    kind: 'payer-session',
    id,
    name: row.purpose,
    accountId: null,
    agentId: null,
    ...times,
    signaturesLeft,
  };
}

async function operator(db: Reader, id: string): Promise<Credential | null> {
  const row = await db
    .selectFrom('operators')
    .select(['name', 'role', 'enrolled_at', 'revoked_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const times = { since: row.enrolled_at, expiresAt: null, revokedAt: row.revoked_at };
  const whose = { accountId: null, agentId: null, operatorRole: row.role };
  return { kind: 'operator', id, name: row.name, ...whose, ...times };
}

const configured = (kind: 'admin-token' | 'facilitator', name: string): Credential => ({
  ...{ kind, id: '-', name, accountId: null, agentId: null },
  ...{ since: new Date(0), expiresAt: null, revokedAt: null },
});

/** @returns null when there is none of this kind with this id */
export async function findCredential(
  db: Reader,
  kind: CredentialKind,
  id: string,
): Promise<Credential | null> {
  switch (kind) {
    case 'account':
      return account(db, id);
    case 'session':
    case 'refresh-token':
      return session(db, id, kind);
    case 'management':
    case 'inference':
      return apiKey(db, id, kind);
    case 'platform':
      return agentKey(db, id);
    case 'identity':
      return identityToken(db, id);
    case 'payer-session':
      return payerSession(db, id);
    case 'operator':
      return operator(db, id);
    case 'admin-token':
      return configured(kind, 'the admin token');
    case 'facilitator':
      return configured(kind, 'the facilitator’s secret');
  }
}

export interface WalletLeft {
  readonly address: string;
  /** Nothing of a frozen one: what is in it stays in it. */
  readonly available: bigint;
  readonly frozen: boolean;
}

const left = (row: {
  readonly address: string;
  readonly posted: string;
  readonly held: string;
  readonly freeze_id: string | null;
}): WalletLeft => ({
  address: row.address,
  available: row.freeze_id === null ? BigInt(row.posted) - BigInt(row.held) : 0n,
  frozen: row.freeze_id !== null,
});

/** The wallet of an account with those of its agents. */
export async function walletsOfAccount(db: Reader, accountId: string): Promise<WalletLeft[]> {
  const rows = await db
    .selectFrom('wallets as w')
    .leftJoin('agents as g', 'g.id', 'w.agent_id')
    .select(['w.address', 'w.posted', 'w.held', 'w.freeze_id'])
    .where((eb) => eb.or([eb('w.account_id', '=', accountId), eb('g.owner_id', '=', accountId)]))
    .orderBy('w.address', 'desc')
    .execute();
  return rows.map(left);
}

export async function walletOf(db: Reader, owner: Parameters<typeof addressOf>[0]): Promise<WalletLeft[]> {
  const rows = await db
    .selectFrom('wallets')
    .select(['address', 'posted', 'held', 'freeze_id'])
    .where('address', '=', addressOf(owner))
    .execute();
  return rows.map(left);
}

/** What a key has spent and holds, together. */
export async function spentOf(db: Reader, keyId: string): Promise<bigint> {
  const row = await db
    .selectFrom('key_spend')
    .select(['spent_units', 'held_units'])
    .where('key_id', '=', keyId)
    .executeTakeFirst();
  return row ? BigInt(row.spent_units) + BigInt(row.held_units) : 0n;
}

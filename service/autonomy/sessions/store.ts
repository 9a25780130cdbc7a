import { sql } from 'kysely';
import type { Database, Tx } from '../../db/database.ts';
import type { SessionFacts, SessionRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  'id',
  'purpose',
  'key_generation',
  'payer_key',
  'state',
  'signature_allowance',
  'signatures_used',
  'issued_at',
  'issued_by',
  'expires_at',
  'refreshed_at',
  'last_signed_at',
  'ended_at',
  'ended_reason',
] as const;

/** Sessions ended in one transaction: enough for any day, few enough to commit at once. */
const BATCH = 500;

const currentGeneration = sql<number>`payer_key_generation()`;

export const readSession = (db: Reader, id: string): Promise<SessionRow | undefined> =>
  db.selectFrom('payer_sessions').select(columns).where('id', '=', id).executeTakeFirst();

export interface ActivePage {
  readonly now: Date;
  readonly before: string | undefined;
  readonly limit: number;
}

export function listActive(db: Reader, { now, before, limit }: ActivePage): Promise<SessionRow[]> {
  const active = db
    .selectFrom('payer_sessions')
    .select(columns)
    .where('state', '=', 'ACTIVE')
    .where('expires_at', '>', now)
    .where('key_generation', '=', currentGeneration)
    .orderBy('id', 'desc')
    .limit(limit);
  return (before === undefined ? active : active.where('id', '<', before)).execute();
}

export interface PayerKeyGeneration {
  readonly generation: number;
  readonly fingerprint: Buffer | null;
}

/** The payer key that was hydrated last; generation 0 before there was any. */
export async function readPayerKey(db: Reader): Promise<PayerKeyGeneration> {
  const row = await db
    .selectFrom('payer_key_generations')
    .select(['generation', 'fingerprint'])
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? { generation: 0, fingerprint: null };
}

/** @returns false when another instance wrote this generation first */
export async function insertPayerKey(
  tx: Tx,
  { generation, fingerprint }: PayerKeyGeneration,
  at: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('payer_key_generations')
    .values({ generation, fingerprint, hydrated_at: at })
    .onConflict((oc) => oc.column('generation').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export interface NewSession {
  readonly id: string;
  readonly purpose: string;
  readonly key: PayerKeyGeneration;
  readonly signatureAllowance: number;
  readonly issuedAt: Date;
  readonly issuedBy: string;
  readonly expiresAt: Date;
}

export const insertSession = (tx: Tx, session: NewSession): Promise<SessionRow> =>
  tx
    .insertInto('payer_sessions')
    .values({
      id: session.id,
      purpose: session.purpose,
      key_generation: session.key.generation,
      payer_key: session.key.fingerprint,
      signature_allowance: session.signatureAllowance,
      issued_at: session.issuedAt,
      issued_by: session.issuedBy,
      expires_at: session.expiresAt,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

type LockedSession = SessionRow & { readonly current_generation: number };

/**
 * The session, held until the transaction ends: whoever comes second decides on what the first one left. One that has ended
 * is not held, because it never changes: a crowd at its door does not queue.
 */
export async function lockSession(tx: Tx, id: string): Promise<LockedSession | undefined> {
  const session = tx
    .selectFrom('payer_sessions')
    .select([...columns, currentGeneration.as('current_generation')])
    .where('id', '=', id);
  const active = await session.where('state', '=', 'ACTIVE').forUpdate().executeTakeFirst();
  return active ?? session.where('state', '<>', 'ACTIVE').executeTakeFirst();
}

export interface SessionChange {
  readonly next: SessionFacts;
  readonly at: Date;
  readonly by: string;
  readonly signed?: true;
  readonly refreshed?: true;
  readonly reason?: string;
}

/** Writes what was decided; the table refuses anything that revives, raises or skips. */
export const writeSession = (
  tx: Tx,
  id: string,
  { next, at, by, signed, refreshed, reason }: SessionChange,
): Promise<SessionRow> =>
  tx
    .updateTable('payer_sessions')
    .set({
      state: next.state,
      signatures_used: next.signaturesUsed,
      expires_at: next.expiresAt,
      ...(signed ? { last_signed_at: at } : {}),
      ...(refreshed ? { refreshed_at: at } : {}),
      ...(next.state === 'ACTIVE' ? {} : { ended_at: at, ended_by: by }),
      ...(reason === undefined ? {} : { ended_reason: reason }),
    })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

/** Expires sessions whose time is over: all of them, or the one that is named. @returns their ids */
export async function expireSessions(tx: Tx, now: Date, by: string, only?: string): Promise<string[]> {
  let due = tx
    .selectFrom('payer_sessions')
    .select('id')
    .where('state', '=', 'ACTIVE')
    .where('expires_at', '<=', now);
  if (only !== undefined) due = due.where('id', '=', only);
  const rows = await tx
    .updateTable('payer_sessions')
    .set({ state: 'EXPIRED', ended_at: now, ended_by: by })
    .where('id', 'in', due.limit(BATCH).forUpdate().skipLocked())
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Revokes every active session of an earlier payer key. @returns their ids */
export async function revokeSuperseded(tx: Tx, now: Date, by: string, reason: string): Promise<string[]> {
  const rows = await tx
    .updateTable('payer_sessions')
    .set({ state: 'REVOKED', ended_at: now, ended_by: by, ended_reason: reason })
    .where('state', '=', 'ACTIVE')
    .where('key_generation', '<', currentGeneration)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

import type { Actor } from '../../../shared/ledger/entry.ts';
import { type Database, type Tx, transact } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import {
  expireSessions,
  insertPayerKey,
  type PayerKeyGeneration,
  readPayerKey,
  revokeSuperseded,
} from './store.ts';

/** The service itself: time that ran out, a key that changed. */
const SYSTEM: Actor = { type: 'system', id: 'payer', name: null };

const KEY_CHANGED = 'the payer’s key changed';

export interface EndingDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly staging: Staging;
  now(): Date;
}

const stageFor =
  (staging: Staging, tx: Tx) => (kind: Parameters<Staging['stage']>[1]['kind'], data: object) =>
    staging.stage(tx, { kind, data: { ...data }, actor: SYSTEM, agent: null, requestId: null });

async function revokeEarlier(tx: Tx, { staging, now }: EndingDeps): Promise<number> {
  const revoked = await revokeSuperseded(tx, now(), SYSTEM.id, KEY_CHANGED);
  const stage = stageFor(staging, tx);
  for (const sessionId of revoked) await stage('payer.session-revoked', { sessionId, reason: KEY_CHANGED });
  return revoked.length;
}

async function expireDue(tx: Tx, { staging, now }: EndingDeps, only?: string): Promise<void> {
  const stage = stageFor(staging, tx);
  for (const sessionId of await expireSessions(tx, now(), SYSTEM.id, only))
    await stage('payer.session-expired', { sessionId });
}

/**
 * Writes down that this session's time is over, if it is: a clock that is set back later finds it ended.
 */
export const settleExpiry = (deps: EndingDeps, id: string): Promise<void> =>
  transact(deps.db, (tx) => expireDue(tx, deps, id));

/** Ends what ended by itself: time that ran out, and sessions that were issued while another instance brought in a new key. */
export const endSessions = (deps: EndingDeps): Promise<void> =>
  transact(deps.db, async (tx) => {
    await expireDue(tx, deps);
    await revokeEarlier(tx, deps);
  });

const same = (a: Buffer | null, b: Buffer | null): boolean =>
  a === null || b === null ? a === b : a.equals(b);

/** @returns false when another instance was first and the question must be asked again */
async function bringIn(tx: Tx, deps: EndingDeps, fingerprint: Buffer | null): Promise<boolean> {
  const former: PayerKeyGeneration = await readPayerKey(tx);
  if (same(former.fingerprint, fingerprint)) return true;
  const now = deps.now();
  if (!(await insertPayerKey(tx, { generation: former.generation + 1, fingerprint }, now))) return false;
  const revokedSessions = await revokeEarlier(tx, deps);
  await stageFor(deps.staging, tx)('payer.key-changed', {
    former: former.fingerprint?.toString('hex') ?? null,
    current: fingerprint?.toString('hex') ?? null,
    revokedSessions,
  });
  return true;
}

/**
 * Records the payer key that this service runs with. When it is another one than last time, every earlier session is revoked
 * in the same transaction; the caller must not serve before this has returned.
 * @param fingerprint SHA-256 (hex) of the public key, or null without a key
 */
export async function hydratePayerKey(deps: EndingDeps, fingerprint: string | null): Promise<void> {
  const bytes = fingerprint === null ? null : Buffer.from(fingerprint, 'hex');
  while (!(await transact(deps.db, (tx) => bringIn(tx, deps, bytes))));
}

import { sql } from 'kysely';
import type { SpendingFreeze } from '../../shared/http/freeze.ts';
import { makeId } from '../../shared/ids/ids.ts';
import type { Database } from '../db/database.ts';
import type { LedgerFacts, PersistenceFacts, ProviderFacts } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** The head of the ledger, and how long its oldest unnumbered entry has waited. */
export async function readLedgerFacts(db: Reader, now: Date): Promise<LedgerFacts> {
  const row = await db
    .selectFrom('ledger_head')
    .select((eb) => [
      'size',
      'root',
      'integrated_at',
      eb.selectFrom('ledger_staged').select(eb.fn.countAll<string>().as('n')).as('pending'),
      eb
        .selectFrom('ledger_staged')
        .select((staged) => staged.fn.min('at').as('at'))
        .as('oldest'),
    ])
    .executeTakeFirstOrThrow();
  return {
    size: Number(row.size),
    root: row.root.toString('hex'),
    pending: Number(row.pending ?? 0),
    oldestPendingMs: row.oldest ? Math.max(0, now.getTime() - row.oldest.getTime()) : 0,
    lastIntegratedAt: row.integrated_at?.toISOString() ?? null,
  };
}

/** How many key rows there are, and how many hold a SHA-256 and nothing that could be a key. */
export async function readKeyStorage(db: Reader): Promise<PersistenceFacts['keys']> {
  const row = await db
    .selectFrom('api_keys')
    .select((eb) => [
      eb.fn.countAll<string>().as('total'),
      eb.fn.countAll<string>().filterWhere('revoked_at', 'is', null).as('active'),
      eb.fn
        .countAll<string>()
        .filterWhere(sql<boolean>`octet_length(key_hash) = 32 AND length(display_prefix) <= 11`)
        .as('hashed'),
    ])
    .executeTakeFirstOrThrow();
  return { total: Number(row.total), active: Number(row.active), hashed: Number(row.hashed) };
}

/** How many provider secrets there are, and how many were met that do not open. */
export async function readSecretStorage(db: Reader): Promise<PersistenceFacts['secrets']> {
  const row = await db
    .selectFrom('provider_secrets')
    .select((eb) => [
      eb.fn.countAll<string>().as('total'),
      eb.fn.count<string>('unreadable_at').as('unreadable'),
    ])
    .executeTakeFirstOrThrow();
  return { total: Number(row.total), unreadable: Number(row.unreadable) };
}

const MINUTE_MS = 60_000;

const ENDS = ['settled', 'voided', 'abandoned'] as const;

/** What began counts by its beginning and what ended by its end: one that dies is ended long after the minute it began in. */
export async function readGenerations(db: Reader, now: Date): Promise<ProviderFacts> {
  const since = new Date(now.getTime() - MINUTE_MS);
  const [{ began }, ends] = await Promise.all([
    db
      .selectFrom('generations')
      .select((eb) => eb.fn.countAll<string>().as('began'))
      // Ids begin with their time, so that the last minute is the end of the primary key.
      .where('id', '>=', makeId('generation', new Uint8Array(10), since.getTime()))
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('generations')
      .select((eb) => {
        const all = eb.fn.countAll<string>();
        return ['state', all.as('n'), all.filterWhere('loss_units', '>', '0').as('lost')];
      })
      .where('settled_at', '>=', since)
      // The two indexes of ends are told apart by the state.
      .where((eb) => eb.or([eb('state', '=', 'settled'), eb('state', 'in', ['voided', 'abandoned'])]))
      .groupBy('state')
      .execute(),
  ]);
  const [settled = 0, voided = 0, abandoned = 0] = ENDS.map((state) =>
    Number(ends.find((end) => end.state === state)?.n ?? 0),
  );
  const lost = ends.reduce((sum, end) => sum + Number(end.lost), 0);
  return { began: Number(began), settled, voided, abandoned, lost };
}

/** The freeze of all spending that is in force. */
export async function readFreeze(db: Reader): Promise<SpendingFreeze | null> {
  const row = await db
    .selectFrom('spending_freezes')
    .select(['id', 'frozen_at', 'frozen_by', 'reason'])
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  return row
    ? { id: row.id, frozenAt: row.frozen_at.toISOString(), frozenBy: row.frozen_by, reason: row.reason }
    : null;
}

/** Wallets that are frozen one by one, the longest frozen first. */
export async function frozenWallets(db: Reader, limit: number) {
  const rows = await db
    .selectFrom('wallets')
    .select(['address', 'freeze_id', 'freeze_reason'])
    .where('freeze_id', 'is not', null)
    .orderBy('frozen_at')
    .orderBy('address')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    address: row.address,
    freezeId: row.freeze_id ?? '',
    reason: row.freeze_reason ?? '',
  }));
}

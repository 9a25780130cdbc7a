import { sql } from 'kysely';
import type { Database, Tx } from '../../../db/database.ts';
import type { KnownRoot } from '../roots.ts';
import type { RootRow, SecretRow } from '../rules.ts';
import type { Sealed } from '../seal.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/**
 * The root that secrets are encrypted under now, shared until the end of the transaction: a rotation waits for whoever still
 * encrypts under it, so afterwards nothing new appears under the old version.
 * @returns undefined when there is none yet, or when a rotation went by while this waited
 */
export const shareActiveRoot = (tx: Tx): Promise<KnownRoot | undefined> =>
  tx
    .selectFrom('secret_roots')
    .select(['version', 'check_value'])
    .where('superseded_at', 'is', null)
    .forShare()
    .executeTakeFirst();

export async function newestVersion(db: Reader): Promise<number> {
  const { newest } = await db
    .selectFrom('secret_roots')
    .select((eb) => eb.fn.max('version').as('newest'))
    .executeTakeFirstOrThrow();
  return newest ?? 0;
}

/** @returns false when another transaction activated one first */
export async function insertRoot(tx: Tx, { version, check_value }: KnownRoot, at: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('secret_roots')
    .values({ version, check_value, activated_at: at })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** @returns false when this is not the active version (any more) */
export async function supersedeRoot(tx: Tx, version: number, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('secret_roots')
    .set({ superseded_at: at })
    .where('version', '=', version)
    .where('superseded_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** @throws DatabaseError by `provider_secrets_root_is_in_use` while a secret uses it; @returns false unless it was left */
export async function retireRoot(tx: Tx, version: number, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('secret_roots')
    .set({ retired_at: at })
    .where('version', '=', version)
    .where('superseded_at', 'is not', null)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Every version with how many secrets it still holds, newest first. */
export async function readRoots(db: Reader): Promise<RootRow[]> {
  const rows = await db
    .selectFrom('secret_roots as r')
    .leftJoin('provider_secrets as s', 's.root_version', 'r.version')
    .select((eb) => [
      'r.version',
      'r.activated_at',
      'r.superseded_at',
      'r.retired_at',
      eb.fn.count<string>('s.id').as('secrets'),
      eb.fn.count<string>('s.unreadable_at').as('unreadable'),
    ])
    .groupBy('r.version')
    .orderBy('r.version', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, secrets: Number(row.secrets), unreadable: Number(row.unreadable) }));
}

/** Versions that may still be needed to decrypt. */
export const readKnownRoots = (db: Reader): Promise<KnownRoot[]> =>
  db
    .selectFrom('secret_roots')
    .select(['version', 'check_value'])
    .where('retired_at', 'is', null)
    .orderBy('version')
    .execute();

export const countSecrets = async (db: Reader): Promise<number> =>
  Number(
    (
      await db
        .selectFrom('provider_secrets')
        .select((eb) => eb.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  );

/** The active version that is not settled yet, if any: whether there is anything to do costs one small read. */
export const readUnsettled = (db: Reader): Promise<KnownRoot | undefined> =>
  db
    .selectFrom('secret_roots')
    .select(['version', 'check_value'])
    .where('superseded_at', 'is', null)
    .where('settled_at', 'is', null)
    .executeTakeFirst();

/**
 * Some secrets of earlier versions, locked; those that another instance has in hand are passed over. One that did not open is
 * tried again later only, so that it does not stand in the way of the others.
 */
export const takeBehind = (tx: Tx, version: number, triedBefore: Date, limit: number): Promise<SecretRow[]> =>
  tx
    .selectFrom('provider_secrets')
    .selectAll()
    .where('root_version', '<', version)
    .where((eb) => eb.or([eb('unreadable_at', 'is', null), eb('unreadable_at', '<', triedBefore)]))
    .orderBy('root_version')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();

export const reseal = (
  tx: Tx,
  id: string,
  rootVersion: number,
  { salt, nonce, box }: Sealed,
): Promise<unknown> =>
  tx
    .updateTable('provider_secrets')
    .set({ root_version: rootVersion, salt, nonce, box, unreadable_at: null })
    .where('id', '=', id)
    .execute();

/** Marks what did not open, and until when it is left alone. @returns whether it is news */
export async function holdBack(tx: Tx, row: SecretRow, at: Date): Promise<boolean> {
  await tx.updateTable('provider_secrets').set({ unreadable_at: at }).where('id', '=', row.id).execute();
  return row.unreadable_at === null;
}

/**
 * Writes down that everything has arrived at this version, once, whoever finds it first.
 * @returns how many secrets there are, or null when it is not so, or was written before
 */
export async function settleRoot(tx: Tx, version: number, at: Date): Promise<number | null> {
  const { numUpdatedRows } = await tx
    .updateTable('secret_roots')
    .set({ settled_at: at })
    .where('version', '=', version)
    .where('superseded_at', 'is', null)
    .where('settled_at', 'is', null)
    .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM provider_secrets WHERE root_version < ${version})`)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? countSecrets(tx) : null;
}

import type { Database } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** Firing alerts by rule. */
export async function countFiring(db: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('alerts')
    .select((eb) => ['rule', eb.fn.countAll<string>().as('n')] as const)
    .where('state', '=', 'firing')
    .groupBy('rule')
    .execute();
  return new Map(rows.map(({ rule, n }) => [rule, Number(n)]));
}

/** Incidents by state. */
export async function countIncidents(db: Reader): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('incidents')
    .select((eb) => ['state', eb.fn.countAll<string>().as('n')] as const)
    .groupBy('state')
    .execute();
  return new Map(rows.map(({ state, n }) => [state, Number(n)]));
}

import type { OperatorRole } from '../../../shared/http/route.ts';
import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

/** An operator as the database knows it now. */
export interface Standing {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly revoked_at: Date | null;
}

const columns = ['id', 'name', 'role', 'revoked_at'] as const;

/** Taken before anything that changes who has authority: two such changes never judge the same roster. */
export const lockRoster = (tx: Tx) =>
  tx.selectFrom('operator_roster').select('one_row').forUpdate().executeTakeFirstOrThrow();

export const activeOperators = (db: Reader): Promise<Standing[]> =>
  db.selectFrom('operators').select(columns).where('revoked_at', 'is', null).execute();

export const readStanding = (db: Reader, ids: readonly string[]): Promise<Standing[]> =>
  db.selectFrom('operators').select(columns).where('id', 'in', ids).execute();

/**
 * How many have ever enrolled. From the second on, enrolment takes two persons for ever: if revoking the others made a sole operator
 * free to invite again, one stolen key could do both.
 */
export async function countEverEnrolled(db: Reader): Promise<number> {
  const { n } = await db
    .selectFrom('operators')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(n);
}

export const administratorsAmong = (operators: readonly Standing[]): number =>
  operators.filter(({ role }) => role === 'administrator').length;

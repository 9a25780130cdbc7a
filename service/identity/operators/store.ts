import type { OperatorRole } from '../../../shared/http/route.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { SigningOperator } from '../signature/verify.ts';
import type { CodeRow, OperatorRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = ['id', 'name', 'role', 'key_id', 'enrolled_at', 'last_signed_at', 'revoked_at'] as const;

export async function findSigningOperator(db: Reader, keyId: string): Promise<SigningOperator | null> {
  const row = await db
    .selectFrom('operators')
    .select(['id', 'name', 'role', 'key_id as keyId', 'public_key as publicKey'])
    .where('key_id', '=', keyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

export const listOperators = (db: Reader): Promise<OperatorRow[]> =>
  db.selectFrom('operators').select(columns).orderBy('id', 'desc').execute();

/** Whether anybody has ever enrolled: from then on codes come from operators only. */
export async function anyOperator(db: Reader): Promise<boolean> {
  return (await db.selectFrom('operators').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** The code with this hash, locked until the transaction ends, so that two enrolments cannot both use it. */
export const lockCode = (tx: Tx, hash: Buffer): Promise<CodeRow | undefined> =>
  tx
    .selectFrom('enrolment_codes')
    .select(['id', 'purpose', 'name', 'role', 'expires_at', 'used_at'])
    .where('code_hash', '=', hash)
    .forUpdate()
    .executeTakeFirst();

export interface NewOperator {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly keyId: string;
  readonly publicKey: string;
  readonly enrolledBy: 'first-enrolment' | 'invitation';
  readonly enrolledAt: Date;
}

export const insertOperator = (tx: Tx, operator: NewOperator): Promise<OperatorRow> =>
  tx
    .insertInto('operators')
    .values({
      id: operator.id,
      name: operator.name,
      role: operator.role,
      key_id: operator.keyId,
      public_key: operator.publicKey,
      enrolled_by: operator.enrolledBy,
      enrolled_at: operator.enrolledAt,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

export const useCode = (tx: Tx, codeId: string, operatorId: string, at: Date) =>
  tx
    .updateTable('enrolment_codes')
    .set({ used_by: operatorId, used_at: at })
    .where('id', '=', codeId)
    .execute();

export interface NewCode {
  readonly id: string;
  readonly hash: Buffer;
  readonly purpose: 'first-enrolment' | 'invitation';
  readonly name: string | null;
  readonly role: OperatorRole;
  readonly issuedBy: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export const insertCode = (tx: Tx, code: NewCode) =>
  tx
    .insertInto('enrolment_codes')
    .values({
      id: code.id,
      code_hash: code.hash,
      purpose: code.purpose,
      name: code.name,
      role: code.role,
      issued_by: code.issuedBy,
      issued_at: code.issuedAt,
      expires_at: code.expiresAt,
      used_by: null,
    })
    .execute();

/** At most one code for the first enrolment is good at a time: the last one written to the host. */
export const deleteUnusedFirstCodes = (tx: Tx) =>
  tx
    .deleteFrom('enrolment_codes')
    .where('purpose', '=', 'first-enrolment')
    .where('used_at', 'is', null)
    .execute();

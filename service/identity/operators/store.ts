import type { OperatorRole } from '../../../shared/http/route.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { SigningOperator } from '../signature/verify.ts';
import type { CodeRow, OperatorRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  'id',
  'name',
  'role',
  'key_id',
  'enrolled_at',
  'last_signed_at',
  'revoked_at',
  'revoked_reason',
] as const;

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
    .select([
      'id',
      'purpose',
      'name',
      'role',
      'issued_by',
      'expires_at',
      'used_at',
      'revoked_at',
      'claimed_at',
    ])
    .where('code_hash', '=', hash)
    .forUpdate()
    .executeTakeFirst();

export interface NewOperator {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly keyId: string;
  readonly publicKey: string;
  readonly enrolledBy: CodeRow['purpose'];
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

export const readOperator = (db: Reader, id: string): Promise<OperatorRow | undefined> =>
  db.selectFrom('operators').select(columns).where('id', '=', id).executeTakeFirst();

export const hasKey = async (db: Reader, keyId: string): Promise<boolean> =>
  (await db.selectFrom('operators').select('id').where('key_id', '=', keyId).executeTakeFirst()) !==
  undefined;

export const setRole = (tx: Tx, id: string, role: OperatorRole) =>
  tx.updateTable('operators').set({ role }).where('id', '=', id).execute();

/** Revokes an operator that is active. */
export const revokeOperator = (
  tx: Tx,
  id: string,
  revoked: { readonly at: Date; readonly by: string; readonly reason: string },
): Promise<OperatorRow> =>
  tx
    .updateTable('operators')
    .set({ revoked_at: revoked.at, revoked_by: revoked.by, revoked_reason: revoked.reason })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

/** Ends the invitations of an operator that nobody has used. @returns how many there were */
export async function revokeCodesOf(tx: Tx, issuedBy: string, at: Date): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('enrolment_codes')
    .set({ revoked_at: at })
    .where('issued_by', '=', issuedBy)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Whether the code of an enrolment that waited for its second person may still be used. */
export const isCodeWaiting = async (tx: Tx, codeId: string): Promise<boolean> =>
  (await tx
    .selectFrom('enrolment_codes')
    .select('id')
    .where('id', '=', codeId)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()) !== undefined;

/** Keeps a code for the one enrolment that waits for its second person. */
export const claimCode = (tx: Tx, codeId: string, at: Date) =>
  tx.updateTable('enrolment_codes').set({ claimed_at: at }).where('id', '=', codeId).execute();

export const spendCode = (tx: Tx, codeId: string, operatorId: string, at: Date) =>
  tx
    .updateTable('enrolment_codes')
    .set({ used_by: operatorId, used_at: at })
    .where('id', '=', codeId)
    .execute();

export interface NewCode {
  readonly id: string;
  readonly hash: Buffer;
  readonly purpose: CodeRow['purpose'];
  readonly name: string | null;
  readonly role: OperatorRole;
  readonly issuedBy: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

const valuesOf = (code: NewCode) => ({
  id: code.id,
  code_hash: code.hash,
  purpose: code.purpose,
  name: code.name,
  role: code.role,
  issued_by: code.issuedBy,
  issued_at: code.issuedAt,
  expires_at: code.expiresAt,
  used_by: null,
});

export const insertCode = (tx: Tx, code: NewCode) =>
  tx.insertInto('enrolment_codes').values(valuesOf(code)).execute();

/** @returns false for a code that is known already */
export async function insertCodeOnce(tx: Tx, code: NewCode): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('enrolment_codes')
    .values(valuesOf(code))
    .onConflict((oc) => oc.constraint('enrolment_codes_once').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** At most one recovery code is good at a time: the last one issued. */
export const revokeOtherRecoveryCodes = (tx: Tx, codeId: string, at: Date) =>
  tx
    .updateTable('enrolment_codes')
    .set({ revoked_at: at })
    .where('purpose', '=', 'recovery')
    .where('id', '<>', codeId)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();

/** At most one code for the first enrolment is good at a time: the last one written to the host. */
export const deleteUnusedFirstCodes = (tx: Tx) =>
  tx
    .deleteFrom('enrolment_codes')
    .where('purpose', '=', 'first-enrolment')
    .where('used_at', 'is', null)
    .execute();

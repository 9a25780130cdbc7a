import type { Tx } from '../../db/database.ts';

/** Codes that were given to somebody; that of the first enrolment is in a file of the host, and no entry tells of it. */
export const everyInvitation = (tx: Tx) =>
  tx
    .selectFrom('enrolment_codes')
    .select(['id', 'purpose', 'name', 'role', 'issued_by', 'expires_at'])
    .where('purpose', '<>', 'first-enrolment')
    .execute();

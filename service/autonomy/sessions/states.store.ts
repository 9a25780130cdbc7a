import type { Tx } from '../../db/database.ts';
import { EVERY_ROW_PAGE, everyRow } from '../../db/every-row.ts';

const columns = [
  ...(['id', 'purpose', 'payer_key', 'state', 'signature_allowance', 'signatures_used'] as const),
  ...(['issued_by', 'expires_at', 'ended_reason'] as const),
];

const sessionsAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('payer_sessions')
    .select(columns)
    .where('id', '>', after)
    .orderBy('id')
    .limit(EVERY_ROW_PAGE)
    .execute();

export const everyPayerSession = (tx: Tx) => everyRow((after) => sessionsAfter(tx, after));

export const everyPayerKey = (tx: Tx) =>
  tx.selectFrom('payer_key_generations').select(['generation', 'fingerprint']).execute();

export const everyRetirement = (tx: Tx) =>
  tx
    .selectFrom('payer_key_retirements')
    .select(['fingerprint', 'address', 'successor', 'retired_by', 'reason', 'proposal_id'])
    .execute();

import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';
import type { MadeTokens } from './make.ts';

/** In one statement that reads the same whatever their number. Tokens without activation are active from the start. */
export async function insertTokens(tx: Tx, made: MadeTokens): Promise<void> {
  const active = made.activation === 'none';
  await sql`
    INSERT INTO mint_tokens (id, job_id, brand_id, position, serial, code_hash, code_envelope, activation, state, activated_at)
    SELECT id, ${made.jobId}, ${made.brandId}, position, serial, code_hash, code_envelope, ${made.activation},
      ${active ? 'active' : 'issued'}, ${active ? made.at : null}::timestamptz
    FROM unnest(${made.ids}::text[], ${made.positions}::int[], ${made.serials}::text[], ${made.codeHashes}::bytea[],
      ${made.envelopes}::bytea[]) AS made (id, position, serial, code_hash, code_envelope)`.execute(tx);
}

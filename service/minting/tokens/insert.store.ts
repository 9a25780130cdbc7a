import { sql } from 'kysely';
import type { Tx } from '../../db/database.ts';
import { CODE_HASH_BYTES, ENVELOPE_BYTES, type MadeTokens } from './make.ts';

/** The bytes of one token in a parameter that holds those of all. */
const cut = (all: Buffer, bytes: number) =>
  sql`substr(${all}::bytea, ${sql.lit(bytes)} * (place::int - 1) + 1, ${sql.lit(bytes)})`;

/** A list as one text, which costs neither side an escape: no id, position or serial has a blank. */
const list = (items: readonly (string | number)[]) => sql`string_to_array(${items.join(' ')}, ' ')`;

/** In one statement that reads the same whatever their number. Tokens without activation are active from the start. */
export async function insertTokens(tx: Tx, made: MadeTokens): Promise<void> {
  const active = made.activation === 'none';
  await sql`
    INSERT INTO mint_tokens (id, job_id, brand_id, position, serial, code_hash, code_envelope, activation, state, activated_at)
    SELECT id, ${made.jobId}, ${made.brandId}, position, serial, ${cut(made.codeHashes, CODE_HASH_BYTES)},
      ${cut(made.envelopes, ENVELOPE_BYTES)}, ${made.activation}, ${active ? 'active' : 'issued'},
      ${active ? made.at : null}::timestamptz
    FROM unnest(${list(made.ids)}, ${list(made.positions)}::int[], ${list(made.serials)}) WITH ORDINALITY
      AS made (id, position, serial, place)`.execute(tx);
}

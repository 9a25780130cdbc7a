import type { Tx } from '../../db/database.ts';

const PAGE = 2000;

const keysAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('agent_keys')
    .select(['id', 'agent_id', 'display_prefix', 'requests_per_minute', 'revoked_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE)
    .execute();

const tokensAfter = (tx: Tx, after: string) =>
  tx
    .selectFrom('identity_tokens')
    .select(['id', 'agent_id', 'display_prefix', 'expires_at', 'revoked_at'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE)
    .execute();

/** Reads to the end, a page at a time: no single statement grows with the table. */
async function* everyRow<Row extends { readonly id: string }>(
  page: (after: string) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let after = ''; ; ) {
    const rows = await page(after);
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < PAGE || last === undefined) return;
    after = last.id;
  }
}

export const everyAgentKey = (tx: Tx) => everyRow((after) => keysAfter(tx, after));
export const everyIdentityToken = (tx: Tx) => everyRow((after) => tokensAfter(tx, after));

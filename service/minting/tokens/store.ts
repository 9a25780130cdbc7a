import { sql } from 'kysely';
import type { TokenCounts } from '../../../shared/http/mint-tokens.ts';
import type { ActivationMode, BrandRole, TokenState } from '../../../shared/http/minting.ts';
import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  ...(['id', 'job_id', 'brand_id', 'position', 'serial', 'code_hash', 'activation', 'state'] as const),
  ...(['activated_at', 'voided_at', 'replaced_by'] as const),
] as const;

const selectToken = (db: Reader) => db.selectFrom('mint_tokens').select(columns);
export type TokenRow = Awaited<ReturnType<ReturnType<typeof selectToken>['executeTakeFirstOrThrow']>>;

export const readToken = (db: Reader, id: string): Promise<TokenRow> =>
  selectToken(db).where('id', '=', id).executeTakeFirstOrThrow();

/** The token, held until the transaction ends, with the caller's role; nothing for whoever is no member of its brand. */
export async function lockMembersToken(
  tx: Tx,
  id: string,
  accountId: string,
): Promise<(TokenRow & { readonly role: BrandRole }) | undefined> {
  const mine = await tx
    .selectFrom('mint_tokens as t')
    .innerJoin('brand_members as m', 'm.brand_id', 't.brand_id')
    .select('m.role')
    .where('t.id', '=', id)
    .where('m.account_id', '=', accountId)
    .executeTakeFirst();
  if (!mine) return undefined;
  const locked = await selectToken(tx).where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
  return { ...locked, role: mine.role };
}

export interface TokensPage {
  /** Positions behind this one. */
  readonly after: number;
  readonly limit: number;
  readonly state: TokenState | undefined;
}

export const listTokens = (
  db: Reader,
  jobId: string,
  { after, limit, state }: TokensPage,
): Promise<TokenRow[]> =>
  selectToken(db)
    .where('job_id', '=', jobId)
    .where('position', '>', after)
    .$if(state !== undefined, (page) => page.where('state', '=', state as TokenState))
    .orderBy('position')
    .limit(limit)
    .execute();

/** Counts what has left its first state; the rest is the whole less that, so that a million tokens are not read to be counted. */
export async function countTokens(db: Reader, jobId: string): Promise<TokenCounts> {
  const { rows } = await sql<{
    tokens: number;
    activation: ActivationMode;
    voided: number;
    activated: number;
  }>`SELECT done + reissued AS tokens, activation,
      (SELECT count(*) FROM mint_tokens t WHERE t.job_id = j.id AND t.state = 'voided')::int AS voided,
      (SELECT count(*) FROM mint_tokens t
       WHERE t.job_id = j.id AND t.state = 'active' AND t.activation <> 'none')::int AS activated
    FROM mint_jobs j WHERE j.id = ${jobId}`.execute(db);
  const [found] = rows;
  if (!found) return { tokens: 0, issued: 0, active: 0, voided: 0 };
  const { tokens, activation, voided, activated } = found;
  const rest = tokens - voided - activated;
  return activation === 'none'
    ? { tokens, issued: 0, active: rest, voided }
    : { tokens, issued: rest, active: activated, voided };
}

export const writeVoided = (tx: Tx, id: string, at: Date): Promise<TokenRow> =>
  tx
    .updateTable('mint_tokens')
    .set({ state: 'voided', voided_at: at })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

export const writeActivated = (tx: Tx, id: string, at: Date): Promise<TokenRow> =>
  tx
    .updateTable('mint_tokens')
    .set({ state: 'active', activated_at: at })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

export const writeReplaced = (tx: Tx, id: string, by: string): Promise<TokenRow> =>
  tx
    .updateTable('mint_tokens')
    .set({ replaced_by: by })
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow();

import type { BrandRole, TokenState } from '../../../shared/http/minting.ts';
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

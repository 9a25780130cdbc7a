import type { Database, Tx } from '../../db/database.ts';
import type { PriceRow } from './rules.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

const columns = [
  'id',
  'model',
  'effective_from',
  'input_units',
  'output_units',
  'media_tokens',
  'created_at',
  'created_by',
] as const;

/** The price that counts now. @returns undefined for a model without one */
export const readPrice = (db: Reader, model: string, now: Date): Promise<PriceRow | undefined> =>
  db
    .selectFrom('model_prices')
    .select(columns)
    .where('model', '=', model)
    .where('effective_from', '<=', now)
    .orderBy('effective_from', 'desc')
    .limit(1)
    .executeTakeFirst();

/** The prices that count now, one a model. */
export const currentPrices = (db: Reader, now: Date): Promise<PriceRow[]> =>
  db
    .selectFrom('model_prices')
    .distinctOn('model')
    .select(columns)
    .where('effective_from', '<=', now)
    .orderBy('model')
    .orderBy('effective_from', 'desc')
    .execute();

export const allPrices = (db: Reader): Promise<PriceRow[]> =>
  db.selectFrom('model_prices').select(columns).orderBy('model').orderBy('effective_from', 'desc').execute();

export interface NewPrice {
  readonly id: string;
  readonly model: string;
  readonly effectiveFrom: Date;
  readonly input: bigint;
  readonly output: bigint;
  readonly mediaTokens: number | null;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export const insertPrice = (tx: Tx, price: NewPrice): Promise<PriceRow> =>
  tx
    .insertInto('model_prices')
    .values({
      id: price.id,
      model: price.model,
      effective_from: price.effectiveFrom,
      input_units: price.input,
      output_units: price.output,
      media_tokens: price.mediaTokens,
      created_at: price.createdAt,
      created_by: price.createdBy,
    })
    .returning(columns)
    .executeTakeFirstOrThrow();

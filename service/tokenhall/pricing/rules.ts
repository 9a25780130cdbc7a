import type { ModelPrice } from '../../../shared/http/tokenhall-admin.ts';
import { formatUnits } from '../../../shared/money/units.ts';

/** What a model costs: units of 1e-8 credit a token. */
export interface Price {
  readonly input: bigint;
  readonly output: bigint;
  /** The most input tokens that one image counts for; null: the model takes none. */
  readonly mediaTokens: number | null;
}

export interface PriceRow {
  readonly id: string;
  readonly model: string;
  readonly effective_from: Date;
  readonly input_units: string;
  readonly output_units: string;
  readonly media_tokens: number | null;
  readonly created_at: Date;
  readonly created_by: string;
}

export const priceOf = (row: PriceRow): Price => ({
  input: BigInt(row.input_units),
  output: BigInt(row.output_units),
  mediaTokens: row.media_tokens,
});

export interface Tokens {
  readonly input: number;
  readonly output: number;
}

export const costOf = (price: Price, { input, output }: Tokens): bigint =>
  price.input * BigInt(input) + price.output * BigInt(output);

export const toModelPrice = (row: PriceRow): ModelPrice => ({
  id: row.id,
  model: row.model,
  input: formatUnits(BigInt(row.input_units)),
  output: formatUnits(BigInt(row.output_units)),
  mediaTokens: row.media_tokens,
  effectiveFrom: row.effective_from.toISOString(),
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
});

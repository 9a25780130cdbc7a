import { costOf, type Price, type Tokens } from '../pricing/rules.ts';
import type { Bound, Reported, Seen } from './dialect.ts';

/** UTF-8 bytes that a token has on average: what providers themselves name as the rule of thumb. */
const BYTES_PER_TOKEN = 4;
/** More than any text has a token in the mean: below this rate nobody who keeps to a limit is cut off. */
const MOST_BYTES_PER_TOKEN = 16;

/** The most that a body may cost: what is held before anybody is called. */
export const boundOf = ({ input, images, output }: Bound, price: Price): Tokens => ({
  input: input + images * (price.mediaTokens ?? 0),
  output,
});

/** Input as it is billed when the provider did not say: text by its bytes, images at the provider's maximum. */
export const measuredInput = ({ input, images }: Bound, price: Price): number =>
  Math.ceil(input / BYTES_PER_TOKEN) + images * (price.mediaTokens ?? 0);

export const measuredOutput = ({ bytes, pieces }: Seen): number =>
  Math.max(pieces, Math.ceil(bytes / BYTES_PER_TOKEN));

/** Tokens that were certainly produced: an honest stream is never cut because its words are long. */
const certainOutput = ({ bytes, pieces }: Seen): number =>
  Math.max(pieces, Math.ceil(bytes / MOST_BYTES_PER_TOKEN));

/** Whether what was produced has certainly cost what is held: then it ends (SPEC 6). */
export function reachesHold(
  held: bigint,
  price: Price,
  bound: Bound,
  reported: Reported,
  seen: Seen,
): boolean {
  const input = reported.input ?? measuredInput(bound, price);
  return costOf(price, { input, output: certainOutput(seen) }) >= held;
}

export interface Bill {
  readonly usage: 'reported' | 'measured';
  readonly tokens: Tokens;
  readonly cost: bigint;
}

/**
 * What is billed: what the provider counted, where it said so and what it says can be true; else what we measured.
 * @param complete whether the provider has said its last word; before that its figure of the output is not the last one
 */
export function billOf(
  price: Price,
  bound: Bound,
  { reported, seen }: { readonly reported: Reported; readonly seen: Seen },
  complete: boolean,
): Bill {
  const saidInput = reported.input !== null && reported.input > 0 ? reported.input : null;
  const saidOutput =
    reported.output !== null && (reported.output > 0 || seen.bytes === 0) ? reported.output : null;
  const reportedAll = complete && saidInput !== null && saidOutput !== null;
  const tokens = reportedAll
    ? { input: saidInput, output: saidOutput }
    : {
        input: saidInput ?? measuredInput(bound, price),
        output: Math.max(saidOutput ?? 0, measuredOutput(seen)),
      };
  return { usage: reportedAll ? 'reported' : 'measured', tokens, cost: costOf(price, tokens) };
}

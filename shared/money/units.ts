import { z } from 'zod';

/** A credit has eight decimals; one unit is 1e-8 credit. */
const DECIMALS = 8;
export const UNITS_PER_CREDIT = 100_000_000n;

/** The most that one transfer or hold moves: a milliard credits. Ninety of them still fit a balance of 64 bits. */
export const MAX_UNITS = 1_000_000_000n * UNITS_PER_CREDIT;

const WRITTEN = /^(-?)(0|[1-9]\d{0,14})(?:\.(\d{1,8}))?$/;

/**
 * The units of a decimal number of credits, as people and JSON write it: `"12.5"` is 1250000000n.
 * @throws RangeError for anything else, more than eight decimals included
 */
export function parseUnits(text: string): bigint {
  const found = WRITTEN.exec(text);
  if (!found) throw new RangeError('an amount is a decimal number with at most eight decimals');
  const [, sign = '', whole = '0', decimals = ''] = found;
  const units = BigInt(whole) * UNITS_PER_CREDIT + BigInt(decimals.padEnd(DECIMALS, '0'));
  return sign === '-' ? -units : units;
}

/** Units as credits with all eight decimals, so that two amounts can be compared digit under digit: `"12.50000000"`. */
export function formatUnits(units: bigint): string {
  const size = units < 0n ? -units : units;
  const decimals = String(size % UNITS_PER_CREDIT).padStart(DECIMALS, '0');
  return `${units < 0n ? '-' : ''}${size / UNITS_PER_CREDIT}.${decimals}`;
}

const written = z.string().regex(WRITTEN, 'an amount is a decimal number with at most eight decimals');

const within = (least: bigint) => (text: string) => {
  if (!WRITTEN.test(text)) return true;
  const units = parseUnits(text);
  return units !== 0n && units >= least && units <= MAX_UNITS;
};

/** An amount that is moved: above zero, a milliard credits at most. */
export const amount = written.refine(within(1n), 'an amount is above zero and at most 1000000000');

/** An amount that is given, or taken when it is negative; never zero. */
export const adjustment = written.refine(
  within(-MAX_UNITS),
  'an adjustment is not zero and at most 1000000000 either way',
);

/** An amount that the service wrote: all eight decimals, negative where a balance may be. */
export const exactAmount = z.string().regex(/^-?(0|[1-9]\d*)\.\d{8}$/);

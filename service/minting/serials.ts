import { MAX_SERIAL } from '../../shared/http/minting.ts';
import { MintingError } from './minting-error.ts';

/** Literal characters around one number of fixed width, so that all serials of a pattern are equally long. */
export interface SerialPattern {
  readonly prefix: string;
  readonly width: number;
  readonly suffix: string;
}

/** Serials of one job: those of its pattern from the first number to the last. */
export interface SerialRange extends SerialPattern {
  readonly first: number;
  readonly last: number;
}

/** What every label printer and web address takes as it is. */
const LITERAL = /^[A-Za-z0-9._-]*$/;
const NUMBER = /\{n:(\d{1,2})\}/;
/** More digits than any job can count, and far below 2^53. */
const MAX_WIDTH = 12;
/** How re-issued tokens are told apart from the ones that they replace. */
const REISSUED = /^(.+)-R(\d+)$/;

const wrong = (what: string) => new MintingError('pattern', `the serial pattern ${what}`);

/** @throws MintingError `pattern` with what is wrong, for whoever typed it */
export function parsePattern(text: string): SerialPattern {
  const [placeholder, digits] = NUMBER.exec(text) ?? [];
  if (placeholder === undefined) throw wrong('needs its number as {n:WIDTH}, as in ACME-{n:6}');
  const width = Number(digits);
  const at = text.indexOf(placeholder);
  const [prefix, suffix] = [text.slice(0, at), text.slice(at + placeholder.length)];
  if (suffix.includes('{n')) throw wrong('has more than one number');
  if (!LITERAL.test(prefix) || !LITERAL.test(suffix))
    throw wrong('takes letters, digits, dots, dashes and underscores around its number');
  if (width < 1 || width > MAX_WIDTH) throw wrong(`takes a width of 1 to ${MAX_WIDTH}`);
  const pattern = { prefix, width, suffix };
  const sample = serialAt(pattern, 0);
  if (sample.length > MAX_SERIAL) throw wrong(`makes serials longer than ${MAX_SERIAL} characters`);
  if (REISSUED.test(sample))
    throw wrong('ends like a re-issued serial (-R and digits); end it in another way');
  return pattern;
}

export const serialAt = ({ prefix, width, suffix }: SerialPattern, number: number): string =>
  prefix + String(number).padStart(width, '0') + suffix;

/** @throws MintingError `pattern` when the last number does not fit the width */
export function rangeOf(pattern: SerialPattern, first: number, quantity: number): SerialRange {
  const last = first + quantity - 1;
  if (String(last).length > pattern.width)
    throw wrong(`has ${pattern.width} digits, and the last number would be ${last}; widen it`);
  return { ...pattern, first, last };
}

const samePattern = (a: SerialPattern, b: SerialPattern): boolean =>
  a.prefix === b.prefix && a.width === b.width && a.suffix === b.suffix;

/** Where both patterns have a literal character, it is the same one. */
function mayLookAlike(a: SerialPattern, b: SerialPattern): boolean {
  const shape = ({ prefix, width, suffix }: SerialPattern) => prefix + '\0'.repeat(width) + suffix;
  const [left, right] = [shape(a), shape(b)];
  if (left.length !== right.length) return false;
  return Array.from(left).every((character, i) => {
    const other = right.charAt(i);
    if (character === '\0') return other === '\0' || /\d/.test(other);
    return other === '\0' ? /\d/.test(character) : other === character;
  });
}

/**
 * Whether two ranges may have a serial in common. Exact for one pattern; two patterns that could make one serial are refused
 * whatever their numbers are, because nobody could tell the serials apart later.
 */
export const mayCollide = (a: SerialRange, b: SerialRange): boolean =>
  samePattern(a, b) ? a.first <= b.last && b.first <= a.last : mayLookAlike(a, b);

/** The serial of a token that is made in place of this one: `ACME-000017-R1`, and `-R2` in place of that. */
export function reissuedSerial(serial: string): string {
  const [, base, count] = REISSUED.exec(serial) ?? [];
  return base === undefined ? `${serial}-R1` : `${base}-R${Number(count) + 1}`;
}

/** Crockford's alphabet in upper case: no I, L, O or U, and a QR code stores it in its compact alphanumeric mode. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 5 bits each: 135 random bits. */
const RANDOM_CHARACTERS = 27;
const GROUP = 4;

/** What `createTokenCode` takes from a CSPRNG. One byte a character: 256 is a multiple of 32, so none is favoured. */
export const TOKEN_CODE_RANDOM_BYTES = RANDOM_CHARACTERS;

/** With the check character. */
export const TOKEN_CODE_CHARACTERS = RANDOM_CHARACTERS + 1;

/** Longer than anything a person types, dashes and spaces included. */
const LONGEST_INPUT = 80;

/** Powers of a generator of GF(32) (x^5 + x^2 + 1): its 31 non-zero elements, none twice. */
const POWERS: readonly number[] = Array.from({ length: 31 }).reduce<number[]>(
  (powers) => [...powers, double(powers.at(-1) ?? 0)],
  [1],
);

function double(value: number): number {
  const doubled = value << 1;
  return doubled & 32 ? doubled ^ 0b100101 : doubled;
}

/** Exponents of `POWERS`, to multiply by adding. */
const LOGARITHMS = new Map(POWERS.slice(0, 31).map((power, exponent) => [power, exponent]));

const PRODUCTS: readonly (readonly number[])[] = Array.from({ length: RANDOM_CHARACTERS }, (_, place) =>
  Array.from({ length: 32 }, (_, value) => {
    const logarithm = LOGARITHMS.get(value);
    return logarithm === undefined ? 0 : (POWERS[(logarithm + place + 1) % 31] ?? 0);
  }),
);

/**
 * The check value: each character times a power of its own in GF(32), added up. One wrong character, and any two that were
 * exchanged wherever they stand, the check character included, always change it.
 */
function checkOf(values: ArrayLike<number>): number {
  let check = 0;
  for (let i = 0; i < RANDOM_CHARACTERS; i += 1) check ^= PRODUCTS[i]?.[values[i] ?? 0] ?? 0;
  return check;
}

/**
 * A token code: 27 random characters and a check character, in the normal form that is hashed and kept.
 * @param random `TOKEN_CODE_RANDOM_BYTES` bytes from a CSPRNG
 */
export function createTokenCode(random: Uint8Array): string {
  if (random.length !== TOKEN_CODE_RANDOM_BYTES)
    throw new RangeError(`a token code takes ${TOKEN_CODE_RANDOM_BYTES} random bytes`);
  const values = random.map((byte) => byte & 31);
  let code = '';
  for (const value of values) code += ALPHABET.charAt(value);
  return code + ALPHABET.charAt(checkOf(values));
}

/** What hands and eyes confuse (Crockford, base32.html): read as the digit it looks like. */
const LOOKALIKES: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/**
 * The normal form of what a person or a scanner entered: any case, with or without dashes and spaces.
 * @returns `null` for anything that is no token code, a mistyped one included
 */
export function normalizeTokenCode(text: string): string | null {
  if (text.length > LONGEST_INPUT) return null;
  const code = text
    .replace(/[\s-]/g, '')
    .toUpperCase()
    .replace(/[OIL]/g, (letter) => LOOKALIKES[letter] ?? letter);
  if (code.length !== TOKEN_CODE_CHARACTERS) return null;
  const values = Array.from(code, (character) => ALPHABET.indexOf(character));
  if (values.includes(-1)) return null;
  return checkOf(values) === values[RANDOM_CHARACTERS] ? code : null;
}

/** A normalised code as people read it: groups of four with dashes between. */
export function showTokenCode(code: string): string {
  return (code.match(new RegExp(`.{1,${GROUP}}`, 'g')) ?? []).join('-');
}

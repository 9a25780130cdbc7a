import { MIN_PASSPHRASE_CHARACTERS } from '../../shared/ipc/passphrase.ts';

export interface Strength {
  /** 0 too short or trivial, 1 weak, 2 fair, 3 strong. */
  readonly level: 0 | 1 | 2 | 3;
  readonly text: string;
}

/** Bits of a word from a list of about four thousand, which is what people pick from when they pick at random. */
const WORD_BITS = 12;
const FAIR_BITS = 48;
const STRONG_BITS = 66;

const POOLS: readonly (readonly [RegExp, number])[] = [
  [/\p{Ll}/u, 26],
  [/\p{Lu}/u, 26],
  [/\p{N}/u, 10],
  [/[^\p{L}\p{N}]/u, 20],
];

/** Characters that a guesser does not get for nothing: repeats and runs like `aaa`, `123`, `cba` count once. */
function surprising(text: string): number {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  return codes.filter((code, i) => {
    const step = code - (codes[i - 1] ?? Number.NaN);
    return (
      !(i > 0 && Math.abs(step) <= 1 && step === (codes[i - 1] ?? 0) - (codes[i - 2] ?? codes[i - 1] ?? 0)) ||
      i < 2
    );
  }).length;
}

/**
 * A rough estimate, for the eye only: what protects the vault is Argon2id and the keychain. Words are counted as words, because
 * a sentence of common words is not as strong as its letters.
 */
export function bitsOf(passphrase: string): number {
  const pool = POOLS.reduce((sum, [pattern, size]) => sum + (pattern.test(passphrase) ? size : 0), 0);
  const byCharacter =
    Math.min(surprising(passphrase), new Set(passphrase).size * 2) * Math.log2(Math.max(pool, 2));
  const words = new Set(
    passphrase
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 2),
  );
  const isSentence = words.size >= 3 && /^[\p{L}\p{N}\s'’,.-]+$/u.test(passphrase);
  return isSentence ? Math.min(byCharacter, words.size * WORD_BITS) : byCharacter;
}

export function strengthOf(passphrase: string): Strength {
  const missing = MIN_PASSPHRASE_CHARACTERS - passphrase.length;
  if (passphrase === '')
    return {
      level: 0,
      text: `At least ${MIN_PASSPHRASE_CHARACTERS} characters. Five random words are good.`,
    };
  if (missing > 0)
    return { level: 0, text: `${missing} more ${missing === 1 ? 'character' : 'characters'}.` };
  const bits = bitsOf(passphrase);
  if (bits < FAIR_BITS) return { level: 1, text: 'Weak: easy to guess. Add words.' };
  if (bits < STRONG_BITS) return { level: 2, text: 'Fair. One or two more words make it strong.' };
  return { level: 3, text: 'Strong.' };
}

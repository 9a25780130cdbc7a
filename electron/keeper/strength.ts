import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { MIN_PASSPHRASE_CHARACTERS } from '../../shared/ipc/passphrase.ts';
import type { FromKeeper } from '../../shared/ipc/trusted.ts';

type Strength = Omit<Extract<FromKeeper, { type: 'strength' }>, 'type'>;

/** Beyond it a guesser has lost; judging more would only take time. */
const JUDGED_CHARACTERS = 100;
const LEVELS = [1, 1, 1, 2, 3] as const;
const SAYS = { 1: 'Weak: easy to guess.', 2: 'Fair.', 3: 'Strong.' } as const;

let loading: Promise<ZxcvbnFactory> | null = null;

/** The dictionaries are five megabytes: they are read when a new passphrase is typed, and no unlock waits for them. */
const judge = (): Promise<ZxcvbnFactory> =>
  (loading ??= Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]).then(
    ([{ ZxcvbnFactory: Factory }, common, english]) =>
      new Factory({
        dictionary: { ...common.dictionary, ...english.dictionary },
        graphs: common.adjacencyGraphs,
        translations: english.translations,
        maxLength: JUDGED_CHARACTERS,
      }),
  ));

/** An estimate without a network, for the eye only: what protects the vault is Argon2id and the keychain. */
export async function strengthOf(passphrase: string): Promise<Strength> {
  const missing = MIN_PASSPHRASE_CHARACTERS - passphrase.length;
  if (passphrase === '')
    return {
      level: 0,
      text: `At least ${MIN_PASSPHRASE_CHARACTERS} characters. Five random words are good.`,
    };
  if (missing > 0)
    return { level: 0, text: `${missing} more ${missing === 1 ? 'character' : 'characters'}.` };
  const { score, feedback } = (await judge()).check(passphrase.slice(0, JUDGED_CHARACTERS));
  const level = LEVELS[score];
  const hint = level === 3 ? '' : feedback.warning || feedback.suggestions[0] || 'Add another random word.';
  return { level, text: `${SAYS[level]} ${hint}`.trim() };
}

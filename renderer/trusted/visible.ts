/**
 * Attacker-controlled text (a label, a reason) as a card may show it: characters that draw nothing, or that turn the direction of
 * what follows, are written out as their code points, so that what is read is what is signed.
 */
const DECEIVING = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

const codePoint = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

export const visible = (text: string): string => text.replace(DECEIVING, codePoint);

/** `abcd efgh …`: groups that an eye can compare one by one. */
export const groupsOf = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));

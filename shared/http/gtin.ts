/** The digit that makes the weighted sum, 3 and 1 by turns from the right, a multiple of ten (GS1 General Specifications 7.9). */
export function checkDigitOf(digits: string): number {
  const sum = Array.from(digits, Number)
    .reverse()
    .reduce((total, digit, i) => total + digit * (i % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}

/** @param gtin digits only; the last one is checked */
export const hasCheckDigit = (gtin: string): boolean =>
  checkDigitOf(gtin.slice(0, -1)) === Number(gtin.at(-1));

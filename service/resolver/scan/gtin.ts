/**
 * The 14-digit form of a GTIN (GS1 General Specifications 3.3.2), by which products are looked up.
 * @returns null for anything that is no GTIN
 */
export const gtin14 = (text: string): string | null =>
  /^(?:\d{8}|\d{12,14})$/.test(text) ? text.padStart(14, '0') : null;

import { encodeQR } from 'qr';

/** Modules of quiet around the symbol (ISO/IEC 18004, section 6.3.8). */
const QUIET = 4;

/** The symbol as rows of 0 and 1, so that a window without a library can draw it. */
export const qrRows = (text: string): string[] =>
  encodeQR(text, 'raw', { ecc: 'medium', border: QUIET }).map((row) =>
    row.map((dark) => (dark ? 1 : 0)).join(''),
  );

/** A symbol holds 2331 bytes at this level of repair. */
const QR_BYTES = 2_300;

/** The code of a file, where the file fits into one; without it the file has to travel. */
export const qrOf = (text: string): { readonly qr?: readonly string[] } => {
  const said = text.trim();
  return Buffer.byteLength(said) > QR_BYTES ? {} : { qr: qrRows(said) };
};

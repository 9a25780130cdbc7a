import { encodeQR } from 'qr';
import decodeQR from 'qr/decode.js';

/** Modules of quiet around the symbol (ISO/IEC 18004, section 6.3.8). */
const QUIET = 4;
/** Beyond this a symbol of the usual size has more modules than a camera tells apart; the text goes by file then. */
const MOST_BYTES = 1_200;
/** No camera's picture is larger; a picture that claims to be is not opened. */
const MOST_PIXELS = 40_000_000;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA. */
  readonly data: Uint8ClampedArray;
}

/** @returns null for a text that is too long for a symbol */
export const qrOf = (text: string, most = MOST_BYTES): boolean[][] | null =>
  new TextEncoder().encode(text).length > most ? null : encodeQR(text, 'raw', { ecc: 'low', border: QUIET });

/** What a symbol in the picture says; null when there is none that can be read. */
export function textIn(picture: Pixels): string | null {
  try {
    return decodeQR(picture);
  } catch {
    return null;
  }
}

/**
 * A picture may be anybody's, so it is opened here, in the sandbox of a page without network or keys, and main is given text.
 * @returns null for what is no picture, or one that is too large
 */
export async function pixelsOf(file: Blob): Promise<Pixels | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap || bitmap.width * bitmap.height > MOST_PIXELS) return null;
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) return null;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

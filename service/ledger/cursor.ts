import { z } from 'zod';
import { LedgerError } from './ledger-error.ts';

/**
 * Where a page ended. Entries that waited for their number when the first page was read come first, newest first; they may
 * be numbered while somebody pages, so their place is kept by time and id, and everything numbered since then (from
 * `ceiling` on) counts as one of them. Below the ceiling the number is the place. So no row is skipped or repeated.
 */
const cursor = z.union([
  z.strictObject({ at: z.iso.datetime(), id: z.string(), ceiling: z.number().int().nonnegative() }),
  z.strictObject({ below: z.number().int().nonnegative() }),
]);
export type Cursor = z.infer<typeof cursor>;

export const encodeCursor = (place: Cursor): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws LedgerError `cursor-invalid` */
export function decodeCursor(text: string): Cursor {
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new LedgerError('cursor-invalid', 'this cursor is not one that the ledger gave', { cause });
  }
}

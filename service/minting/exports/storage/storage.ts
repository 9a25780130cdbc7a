import { ExportError } from '../export-error.ts';

/** Where exports are kept. Objects are written once, whole or not at all, and found by the name that we gave them. */
export interface ExportStorage {
  /** What a diagnosis may show: never an address or a credential. */
  readonly kind: 'local' | 's3';
  /** @throws ExportError `storage-unavailable`; whatever the parts throw */
  write(name: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws ExportError `object-missing`, `storage-unavailable` */
  read(name: string): AsyncGenerator<Uint8Array>;
  /** Removes the object and what a broken attempt left of it. */
  remove(name: string): Promise<void>;
}

const NAME = /^mex_[0-9a-hjkmnp-tv-z]{26}-[1-9]\d{0,8}$/;

/** The object of one attempt at an export. No part of it comes from a caller. */
export const objectName = (exportId: string, fence: string): string => checkedName(`${exportId}-${fence}`);

/** Names come from the database, which somebody may have written to: only ours become a path or a key. */
export function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new ExportError('object-name', 'this is no name of an object of ours');
}

export const unavailable = (what: string, cause: unknown): ExportError =>
  cause instanceof ExportError
    ? cause
    : new ExportError('storage-unavailable', `private storage cannot ${what} now`, { cause });

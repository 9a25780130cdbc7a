import { VaultError } from './errors.ts';
import { MAX_FILE_BYTES, MAX_ITEMS, type VaultContent } from './format.ts';

/** Base64url and its frame, with room to spare for slots. */
const SIZE_OF_HEAD = 400;

/** @throws VaultError `vault-full` */
export function requireRoom({ items }: VaultContent): void {
  const bytes = items.reduce(
    (sum, { secret, label }) => sum + secret.box.length + SIZE_OF_HEAD + (label?.length ?? 0) * 6,
    0,
  );
  if (items.length > MAX_ITEMS || bytes > MAX_FILE_BYTES)
    throw new VaultError(
      'vault-full',
      `A vault holds ${MAX_ITEMS} items and 16 MB. Remove what is no longer used.`,
    );
}

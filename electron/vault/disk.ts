import { VaultError } from './errors.ts';
import { PREVIOUS_FILE, VAULT_FILE, type VaultFiles } from './files.ts';
import { type DecodedVault, decodeVault } from './format.ts';
import { isPassphraseSlot } from './slots.ts';
import { checkCost } from './stretch.ts';

/** One vault file as found: absent, readable, or why not. */
type Found =
  | { readonly kind: 'absent' }
  | { readonly kind: 'readable'; readonly bytes: Buffer; readonly decoded: DecodedVault }
  | { readonly kind: 'unreadable'; readonly error: VaultError };

export interface OnDisk {
  readonly current: Found;
  readonly previous: Found;
}

async function find(files: VaultFiles, name: string): Promise<Found> {
  try {
    const bytes = await files.read(name);
    if (!bytes) return { kind: 'absent' };
    const decoded = decodeVault(bytes);
    // A cost that may never be paid is damage, found before anybody types a passphrase for it.
    for (const slot of decoded.content.slots) if (isPassphraseSlot(slot)) checkCost(slot.kdf);
    return { kind: 'readable', bytes, decoded };
  } catch (error) {
    if (error instanceof VaultError) return { kind: 'unreadable', error };
    throw error;
  }
}

export const readDisk = async (files: VaultFiles): Promise<OnDisk> => ({
  current: await find(files, VAULT_FILE),
  previous: await find(files, PREVIOUS_FILE),
});

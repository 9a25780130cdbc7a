import { VaultError } from './errors.ts';
import { VAULT_FILE, type VaultFiles } from './files.ts';
import { encodeVault, type VaultContent } from './format.ts';
import type { KeychainRecords } from './keychain-records.ts';

export interface Storage {
  readonly files: VaultFiles;
  readonly records: KeychainRecords;
}

/** What stood on disk when the work began: `null` when there was no readable vault file. */
export type Baseline = Buffer | null;

async function checkUnchanged(files: VaultFiles, baseline: Baseline): Promise<void> {
  const now = await files.read(VAULT_FILE);
  const same = now && baseline ? now.equals(baseline) : now === baseline;
  if (!same)
    throw new VaultError(
      'write-failed',
      'The vault file was changed by another program. Lock, then unlock again.',
    );
}

/** Writes one generation over the one it was made from, then tells the keychain. */
export async function writeGeneration(
  { files, records }: Storage,
  content: VaultContent,
  root: Uint8Array,
  baseline: Baseline,
): Promise<Buffer> {
  const bytes = encodeVault(content, root);
  await checkUnchanged(files, baseline);
  await files.writeVault(bytes);
  // Generation N is valid at counter N-1 as well, so a keychain that fails here loses nothing; unlock catches up.
  if (records.usable)
    await records.keepCounter(content.vaultId, content.generation, files.directory).catch(() => undefined);
  return bytes;
}

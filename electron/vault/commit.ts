import type { Built } from './build.ts';
import { VaultError } from './errors.ts';
import { VAULT_FILE, type VaultFiles } from './files.ts';
import { encodeVault, type VaultContent } from './format.ts';
import type { KeychainRecords } from './keychain-records.ts';
import { type OpenVault, openContent } from './opened.ts';

export interface Storage {
  readonly files: VaultFiles;
  readonly records: KeychainRecords;
}

/** A vault whose recovery code has been drawn and must be confirmed before anything is written. */
export interface PendingVault {
  readonly recoveryCode: string;
  /** Writes it and opens it. May be called again after a failed write. */
  commit(): Promise<OpenVault>;
  discard(): void;
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

/** The first write gives the file, the second its spare: both generations then open with the same secrets. */
const WRITES = 2;

interface PendingPlan {
  readonly baseline: Baseline;
  /** Moves unreadable files aside before the first write. */
  makeWay(): Promise<void>;
  /** Forgets what the new vault replaces. */
  afterwards(): Promise<void>;
}

export function pendingVault(storage: Storage, built: Built, plan: PendingPlan): PendingVault {
  const { root, keychainSecret, passphraseSlot, content } = built;
  let baseline = plan.baseline;
  let written = 0;
  const discard = () => {
    root.fill(0);
    keychainSecret?.fill(0);
  };
  return {
    recoveryCode: built.recoveryCode,
    discard,
    async commit() {
      if (keychainSecret) await storage.records.keepSecret(passphraseSlot.id, keychainSecret);
      if (written === 0) await plan.makeWay();
      for (; written < WRITES; written += 1) {
        const next = { ...content, generation: content.generation + written };
        baseline = await writeGeneration(storage, next, root, baseline);
      }
      await plan.afterwards();
      const opened = openContent({ ...content, generation: content.generation + WRITES - 1 }, root);
      discard();
      return opened;
    },
  };
}

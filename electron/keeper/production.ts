import { randomBytes } from 'node:crypto';
import { VaultFiles } from '../vault/files.ts';
import { keychainProbe } from '../vault/keychain.ts';
import { KeychainRecords } from '../vault/keychain-records.ts';
import { loadKeytar } from '../vault/keytar.ts';
import { tuneCost } from '../vault/tuning.ts';
import { Vault } from '../vault/vault.ts';
import type { MainToKeeper } from './protocol.ts';

/** The vault of a directory with the system's own keychain, clock and randomness. */
export async function openSystemVault(start: Extract<MainToKeeper, { type: 'start' }>): Promise<Vault> {
  // Once a run, when the first slot is made: a cost read from a file could be lowered by whoever writes that file.
  let measuring: ReturnType<typeof tuneCost> | null = null;
  const probe = keychainProbe(await loadKeytar());
  return new Vault({
    files: new VaultFiles(start.vaultDirectory),
    records: new KeychainRecords(probe),
    clock: { now: () => new Date() },
    random: randomBytes,
    cost: () => (measuring ??= tuneCost()),
  });
}

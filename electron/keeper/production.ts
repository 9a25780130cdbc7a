import { randomBytes } from 'node:crypto';
import { VaultFiles } from '../vault/files.ts';
import { keychainProbe } from '../vault/keychain.ts';
import { KeychainRecords } from '../vault/keychain-records.ts';
import { loadKeytar } from '../vault/keytar.ts';
import { PRODUCTION_COST } from '../vault/stretch.ts';
import { Vault } from '../vault/vault.ts';
import type { MainToKeeper } from './protocol.ts';

/** The vault of a directory with the system's own keychain, clock and randomness. */
export async function openSystemVault(start: Extract<MainToKeeper, { type: 'start' }>): Promise<Vault> {
  const probe = keychainProbe(await loadKeytar());
  return new Vault({
    files: new VaultFiles(start.vaultDirectory),
    records: new KeychainRecords(probe),
    clock: { now: () => new Date() },
    random: randomBytes,
    cost: PRODUCTION_COST,
  });
}

import { type PendingVault, pendingVault } from './commit.ts';
import type { Holdings } from './holdings.ts';

/**
 * Makes an open vault anew around its items: new root, new recovery code, no shares. What stood before opens nothing of it, and its
 * root is wiped with the commit.
 * @returns unwritten until its recovery code is confirmed; a change of the vault meanwhile makes its commit fail, and loses nothing
 * @throws VaultError `wrong-passphrase` | `write-failed`
 */
export async function rekey(holdings: Holdings, passphrase: string): Promise<PendingVault> {
  const { built, deps, onDisk, formerSlot } = await holdings.rebuild(passphrase);
  return pendingVault(deps, built, {
    baseline: onDisk,
    makeWay: async () => undefined,
    afterwards: async () => {
      await deps.records.forgetSecret(formerSlot);
      await holdings.end();
    },
  });
}

import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';

const FOUND: Readonly<Record<VaultStatus['keychain'], Pick<Diagnosis, 'status' | 'evidence' | 'remedy'>>> = {
  system: { status: 'ok', evidence: 'The system keychain answers.', remedy: null },
  missing: {
    status: 'weak',
    evidence: 'No system keychain answers.',
    remedy: 'Start a keyring such as gnome-keyring or KWallet, then unlock again.',
  },
};

/** How well the operating system keeps its half of the vault's key. */
export function examineKeychain(vault: VaultStatus | null): Diagnosis {
  const found = { step: 'keychain', title: 'System keychain' } as const;
  if (!vault)
    return { ...found, status: 'unknown', evidence: 'The vault has not been read yet.', remedy: null };
  return { ...found, ...FOUND[vault.keychain] };
}

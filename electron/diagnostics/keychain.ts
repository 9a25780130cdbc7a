import type { Diagnosis } from '../../shared/ipc/diagnostics.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';

/** What the keychain did when the keeper attacked it; `missing`: none answered. */
export type KeychainAttack =
  | { readonly keeps: boolean; readonly discerns: boolean; readonly forgets: boolean }
  | 'missing';

type Said = Pick<Diagnosis, 'status' | 'evidence' | 'remedy'>;

const MISSING: Said = {
  status: 'weak',
  evidence: 'No system keychain answers.',
  remedy: 'Start a keyring such as gnome-keyring or KWallet, then unlock again.',
};
const UNUSED: Said = {
  status: 'weak',
  evidence: 'The passphrase alone opens this vault: the keychain keeps no half of its key.',
  remedy: 'Re-key the vault while the system keychain answers.',
};
const HELD: Said = {
  status: 'ok',
  evidence: 'The system keychain kept a secret, gave nothing by a wrong name, and forgot what was removed.',
  remedy: null,
};
const UNTRIED: Said = {
  status: 'unknown',
  evidence: 'The system keychain is attacked while the vault is open only.',
  remedy: null,
};

function judge(attack: Exclude<KeychainAttack, 'missing'>): Said {
  const broken = [
    ...(attack.keeps ? [] : ['lost a secret']),
    ...(attack.discerns ? [] : ['gave a secret by a wrong name']),
    ...(attack.forgets ? [] : ['gave a secret that had been removed']),
  ];
  if (broken.length === 0) return HELD;
  const remedy = 'Trust this keychain with nothing: repair or replace it, then re-key the vault.';
  return { status: 'failed', evidence: `The system keychain ${broken.join(', and ')}.`, remedy };
}

/**
 * How well the operating system keeps its half of the vault's key: it is given a worthless secret and asked for it by a wrong name,
 * and once more when it was removed. What the keychain itself is locked with cannot be asked.
 */
export async function examineKeychain(
  vault: VaultStatus | null,
  attack: () => Promise<KeychainAttack | null>,
): Promise<Diagnosis> {
  const found = { step: 'keychain', title: 'System keychain' } as const;
  if (!vault)
    return { ...found, status: 'unknown', evidence: 'The vault has not been read yet.', remedy: null };
  const [isMissing, isUnused] = [vault.keychain === 'missing', vault.protection === 'passphrase-only'];
  if (isUnused && !isMissing) return { ...found, ...UNUSED };
  // One that was missing may be back: the attack measures it first, and the status is as old as the unlock.
  const seen = await attack().catch(() => null);
  if (seen === 'missing' || (seen === null && isMissing)) return { ...found, ...MISSING };
  if (isUnused) return { ...found, ...UNUSED };
  return { ...found, ...(seen === null ? UNTRIED : judge(seen)) };
}

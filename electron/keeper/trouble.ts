import type { FromKeeper, TRUSTED_ERROR_CODES } from '../../shared/ipc/trusted.ts';
import { CustodyError } from '../custody/custody-error.ts';
import { VaultError, type VaultErrorCode } from '../vault/errors.ts';

type TrustedErrorCode = (typeof TRUSTED_ERROR_CODES)[number];

/** What a window is told. Finer codes of the vault become the state that a person can act on; the sentence stays. */
const SAID_AS: Readonly<Record<VaultErrorCode, TrustedErrorCode>> = {
  'not-authentic': 'vault-damaged',
  'wrong-passphrase': 'wrong-passphrase',
  'wrong-recovery-code': 'wrong-recovery-code',
  'wrong-share': 'wrong-share',
  'too-few-shares': 'wrong-share',
  'share-scheme': 'refused',
  'share-unproven': 'refused',
  'passphrase-too-short': 'passphrase-too-short',
  'too-many-attempts': 'too-many-attempts',
  'keychain-missing': 'keychain-missing',
  'keychain-half-missing': 'keychain-half-missing',
  'vault-absent': 'vault-damaged',
  'vault-exists': 'vault-exists',
  'vault-damaged': 'vault-damaged',
  'vault-newer': 'vault-damaged',
  'vault-rolled-back': 'vault-rolled-back',
  'vault-replaced': 'refused',
  'kdf-out-of-bounds': 'vault-damaged',
  'no-such-item': 'refused',
  'vault-full': 'refused',
  'journal-full': 'refused',
  'write-failed': 'write-failed',
};

export const refusal = (message: string): Extract<FromKeeper, { type: 'error' }> => ({
  type: 'error',
  code: 'unexpected',
  message,
  waitSeconds: null,
});

/**
 * What went wrong as the window's person should read it; nothing of an error that is not ours.
 * @param waitSeconds until the next attempt at the vault is looked at
 */
export function troubleOf(error: unknown, waitSeconds: number): Extract<FromKeeper, { type: 'error' }> {
  if (error instanceof VaultError) {
    const wait = error.waitSeconds ?? (waitSeconds || null);
    return { type: 'error', code: SAID_AS[error.code], message: error.message, waitSeconds: wait };
  }
  if (error instanceof CustodyError)
    return { type: 'error', code: 'refused', message: error.message, waitSeconds: null };
  return refusal('Something failed inside the vault. Close Sallyport and start it again.');
}

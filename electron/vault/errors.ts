export type VaultErrorCode =
  | 'not-authentic'
  | 'wrong-passphrase'
  | 'wrong-recovery-code'
  | 'wrong-share'
  | 'too-few-shares'
  | 'share-scheme'
  | 'share-unproven'
  | 'passphrase-too-short'
  | 'too-many-attempts'
  | 'keychain-missing'
  | 'keychain-half-missing'
  | 'vault-absent'
  | 'vault-exists'
  | 'vault-damaged'
  | 'vault-newer'
  | 'vault-rolled-back'
  | 'vault-replaced'
  | 'kdf-out-of-bounds'
  | 'no-such-item'
  | 'vault-full'
  | 'journal-full'
  | 'write-failed';

/** Every reason the vault gives for refusing. Messages are sentences for a person and say what to do next. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;
  /** Seconds until another attempt is looked at, where waiting helps. */
  readonly waitSeconds: number | null;

  constructor(
    code: VaultErrorCode,
    message: string,
    options?: ErrorOptions & { readonly waitSeconds?: number },
  ) {
    super(message, options);
    this.code = code;
    this.waitSeconds = options?.waitSeconds ?? null;
  }
}

/** Damage of the file, as the person who has to repair it should read it. */
export const damaged = (what: string, cause?: unknown): VaultError =>
  new VaultError('vault-damaged', `The vault file is damaged: ${what}.`, { cause });

import type { FromKeeper, ToKeeper, TRUSTED_ERROR_CODES } from '../../shared/ipc/trusted.ts';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { PendingVault } from '../vault/commit.ts';
import { VaultError, type VaultErrorCode } from '../vault/errors.ts';
import type { OpenVault } from '../vault/opened.ts';
import { lastGroupOf, normaliseCode } from '../vault/recovery-code.ts';
import type { Vault } from '../vault/vault.ts';
import { refusal, type TrustedWindow } from './windows.ts';

type TrustedErrorCode = (typeof TRUSTED_ERROR_CODES)[number];
type Ask<T extends ToKeeper['type']> = Extract<ToKeeper, { type: T }>;

/** What a window is told. Finer codes of the vault become the state that a person can act on; the sentence stays. */
const SAID_AS: Readonly<Record<VaultErrorCode, TrustedErrorCode>> = {
  'not-authentic': 'vault-damaged',
  'wrong-passphrase': 'wrong-passphrase',
  'wrong-recovery-code': 'wrong-recovery-code',
  'wrong-share': 'unexpected',
  'too-few-shares': 'unexpected',
  'share-scheme': 'unexpected',
  'share-unproven': 'unexpected',
  'passphrase-too-short': 'passphrase-too-short',
  'too-many-attempts': 'too-many-attempts',
  'keychain-missing': 'keychain-missing',
  'keychain-half-missing': 'keychain-half-missing',
  'vault-absent': 'vault-damaged',
  'vault-exists': 'vault-exists',
  'vault-damaged': 'vault-damaged',
  'vault-newer': 'vault-damaged',
  'vault-rolled-back': 'vault-rolled-back',
  'kdf-out-of-bounds': 'vault-damaged',
  'write-failed': 'write-failed',
};

interface UnlockingDependencies {
  readonly vault: Vault;
  /** The vault's state, told to main and to the window that asks. */
  status(): Promise<{ status: VaultStatus; previous: { generation: number; writtenAt: string } | null }>;
  /** The vault is open; nothing of how it was opened remains here. */
  opened(vault: OpenVault, window: TrustedWindow): Promise<void>;
}

const BUSY: FromKeeper = {
  type: 'error',
  code: 'busy',
  message: 'The vault is still at work on the last request.',
  waitSeconds: null,
};

/** Creating, unlocking and recovering, on behalf of the two windows that may ask for it. One request at a time. */
export class Unlocking {
  readonly #deps: UnlockingDependencies;
  readonly #gone = new WeakSet<TrustedWindow>();
  #busy = false;
  /** A vault whose recovery code is on the screen of this window; unwritten until its last group is typed back. */
  #pending: { readonly vault: PendingVault; readonly window: TrustedWindow } | null = null;

  constructor(deps: UnlockingDependencies) {
    this.#deps = deps;
  }

  async answer(window: TrustedWindow, message: ToKeeper): Promise<void> {
    if (message.type === 'hello') return this.#greet(window);
    if (this.#busy) {
      window.send(BUSY);
      return;
    }
    this.#busy = true;
    // Free again before a refusal is said, so that its answer can be the next attempt.
    const refused = await this.#work(window, message).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    this.#busy = false;
    if (refused) await this.#explain(window, refused.error);
  }

  /** A code that nobody confirmed protects nothing: what it belonged to is forgotten, and nothing was written. */
  closed(window: TrustedWindow): void {
    this.#gone.add(window);
    if (this.#pending?.window === window) this.#drop();
  }

  async #work(window: TrustedWindow, message: ToKeeper): Promise<void> {
    switch (message.type) {
      case 'create':
        return this.#create(window, message);
      case 'unlock':
        return this.#unlock(window, message);
      case 'unlock-with-recovery':
        return this.#recover(window, message);
      case 'confirm-recovery':
        return this.#confirm(window, message);
      default:
        return window.send(refusal('This window may not ask for that.'));
    }
  }

  async #greet(window: TrustedWindow): Promise<void> {
    window.send({ type: 'status', ...(await this.#deps.status()) });
    const waitSeconds = await this.#deps.vault.waitSeconds();
    if (waitSeconds > 0)
      window.send({
        type: 'error',
        code: 'too-many-attempts',
        message: 'Too many wrong attempts. Wait, then try again.',
        waitSeconds,
      });
  }

  async #create(window: TrustedWindow, { passphrase, startAnew }: Ask<'create'>): Promise<void> {
    window.send({ type: 'working', what: 'Deriving the key from your passphrase' });
    this.#show(window, await this.#deps.vault.create(passphrase, { startAnew: startAnew ?? false }));
  }

  async #unlock(window: TrustedWindow, { passphrase, acceptOlder }: Ask<'unlock'>): Promise<void> {
    window.send({ type: 'working', what: 'Deriving the key from your passphrase' });
    const opened = await this.#deps.vault.unlock(passphrase, { acceptOlder: acceptOlder ?? false });
    await this.#deps.opened(opened, window);
  }

  async #recover(window: TrustedWindow, ask: Ask<'unlock-with-recovery'>): Promise<void> {
    window.send({ type: 'working', what: 'Opening with the recovery code and making new keys' });
    const options = { acceptOlder: ask.acceptOlder ?? false };
    this.#show(window, await this.#deps.vault.recover(ask.code, ask.newPassphrase, options));
  }

  async #confirm(window: TrustedWindow, { lastGroup }: Ask<'confirm-recovery'>): Promise<void> {
    const pending = this.#pending;
    if (pending?.window !== window) return window.send(refusal('There is no recovery code to confirm.'));
    if (normaliseCode(lastGroup) !== lastGroupOf(pending.vault.recoveryCode))
      throw new VaultError(
        'wrong-recovery-code',
        'This is not the last group of the code. Compare it with what you wrote down.',
      );
    window.send({ type: 'working', what: 'Writing the vault' });
    const opened = await pending.vault.commit();
    this.#pending = null;
    await this.#deps.opened(opened, window);
  }

  #show(window: TrustedWindow, vault: PendingVault): void {
    this.#drop();
    if (this.#gone.has(window)) {
      vault.discard();
      return;
    }
    this.#pending = { vault, window };
    window.send({ type: 'recovery-code', code: vault.recoveryCode });
  }

  #drop(): void {
    this.#pending?.vault.discard();
    this.#pending = null;
  }

  async #explain(window: TrustedWindow, error: unknown): Promise<void> {
    if (!(error instanceof VaultError)) {
      window.send(refusal('Something failed inside the vault. Close Sallyport and start it again.'));
      return;
    }
    const waitSeconds = error.waitSeconds ?? ((await this.#deps.vault.waitSeconds()) || null);
    window.send({ type: 'error', code: SAID_AS[error.code], message: error.message, waitSeconds });
    // Damage that only the key could find changes what the window has to offer.
    if (SAID_AS[error.code] === 'vault-damaged')
      window.send({ type: 'status', ...(await this.#deps.status()) });
  }
}

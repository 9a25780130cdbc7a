import type { FromKeeper, ToKeeper } from '../../shared/ipc/trusted.ts';
import type { PendingVault } from '../vault/commit.ts';
import { VaultError } from '../vault/errors.ts';
import type { OpenVault } from '../vault/opened.ts';
import { lastGroupOf, normaliseCode } from '../vault/recovery-code.ts';
import type { Recovery, Vault } from '../vault/vault.ts';
import { refusal, troubleOf } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';

type Ask<T extends ToKeeper['type']> = Extract<ToKeeper, { type: T }>;

interface UnlockingDependencies {
  readonly vault: Vault;
  /** The vault's state, told to main and to the window that asks. */
  status(): Promise<Omit<Extract<FromKeeper, { type: 'status' }>, 'type'>>;
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
        return this.#recover(window, { code: message.code }, message);
      case 'unlock-with-shares':
        return this.#recover(window, { shares: message.shares }, message);
      case 'check-share':
        return this.#checkShare(window, message);
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

  async #checkShare(window: TrustedWindow, { text, acceptOlder }: Ask<'check-share'>): Promise<void> {
    const read = await this.#deps.vault.checkShare(text, { acceptOlder: acceptOlder ?? false });
    window.send({ type: 'share-read', ...read });
  }

  async #recover(
    window: TrustedWindow,
    how: Recovery,
    { newPassphrase, acceptOlder }: Pick<Ask<'unlock-with-shares'>, 'newPassphrase' | 'acceptOlder'>,
  ): Promise<void> {
    window.send({ type: 'working', what: 'Opening and making new keys' });
    const options = { acceptOlder: acceptOlder ?? false };
    this.#show(window, await this.#deps.vault.recover(how, newPassphrase, options));
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
    const trouble = troubleOf(error, await this.#deps.vault.waitSeconds());
    window.send(trouble);
    // Damage that only the key could find changes what the window has to offer.
    if (trouble.code === 'vault-damaged') window.send({ type: 'status', ...(await this.#deps.status()) });
  }
}

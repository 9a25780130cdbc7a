import { MIN_PASSPHRASE_CHARACTERS } from '../../shared/ipc/passphrase.ts';
import type { ToKeeper } from '../../shared/ipc/trusted.ts';
import type { PendingVault } from '../vault/commit.ts';
import { VaultError } from '../vault/errors.ts';
import type { Holdings, PendingShares } from '../vault/holdings.ts';
import { lastGroupOf, normaliseCode } from '../vault/recovery-code.ts';
import { rekey } from '../vault/rekey.ts';
import { readShare } from '../vault/shares.ts';
import { qrRows } from './qr-code.ts';
import type { TrustedWindow } from './windows.ts';

type Ask<T extends ToKeeper['type']> = Extract<ToKeeper, { type: T }>;

export async function changePassphrase(
  holdings: Holdings,
  { current, next }: Ask<'change-passphrase'>,
): Promise<string> {
  if (next.length < MIN_PASSPHRASE_CHARACTERS)
    throw new VaultError('passphrase-too-short', `Use at least ${MIN_PASSPHRASE_CHARACTERS} characters.`);
  await holdings.changePassphrase(current, next);
  return 'The new passphrase holds. The old one opens neither the vault nor its spare; older copies of the file still open with it.';
}

/** A new root: unwritten until the last group of its recovery code is typed back. */
export class Rekeying {
  #pending: PendingVault | null = null;
  #isMaking = false;

  /** From the first byte of the new vault until it stands or is dropped. */
  get isOpen(): boolean {
    return this.#isMaking || this.#pending !== null;
  }

  async begin(holdings: Holdings, window: TrustedWindow, { passphrase }: Ask<'rekey'>): Promise<void> {
    this.drop();
    this.#isMaking = true;
    try {
      this.#pending = await rekey(holdings, passphrase);
    } finally {
      this.#isMaking = false;
    }
    window.send({ type: 'recovery-code', code: this.#pending.recoveryCode });
  }

  /** The vault on disk is the new one then; this process has no way into it but its end. */
  async confirm({ lastGroup }: Ask<'confirm-recovery'>): Promise<void> {
    const pending = this.#pending;
    if (!pending || normaliseCode(lastGroup) !== lastGroupOf(pending.recoveryCode))
      throw new VaultError(
        'wrong-recovery-code',
        'This is not the last group of the code. Compare it with what you wrote down.',
      );
    await pending.commit();
    this.#pending = null;
  }

  drop(): void {
    this.#pending?.discard();
    this.#pending = null;
  }
}

/** Shares go to paper one at a time, and into the vault when each has been on the screen. */
export class ShareMaking {
  #pending: PendingShares | null = null;
  readonly #shown = new Set<number>();

  async begin(holdings: Holdings, window: TrustedWindow, ask: Ask<'make-shares'>): Promise<void> {
    const { passphrase, threshold, count } = ask;
    this.#shown.clear();
    this.#pending = await holdings.makeShares(passphrase, { threshold, count });
    window.send({ type: 'shares-made', threshold, count });
  }

  show(window: TrustedWindow, { index }: Ask<'show-share'>): void {
    const words = this.#pending?.words[index - 1];
    if (words === undefined) throw new VaultError('share-scheme', 'There is no such share to show.');
    this.#shown.add(index);
    window.send({ type: 'share', index, words, qr: qrRows(words) });
  }

  async keep(): Promise<string> {
    const pending = this.#pending;
    if (!pending || this.#shown.size < pending.words.length)
      throw new VaultError('share-scheme', 'Write every share down first. Nothing was changed yet.');
    await pending.commit();
    this.#pending = null;
    return 'The shares open this vault from now on. Try a drill with what was written down.';
  }
}

/** Names a wrong or foreign share when it is entered, before anything is opened. */
export function checkShare(holdings: Holdings, window: TrustedWindow, { text }: Ask<'check-share'>): void {
  const slot = holdings.sharesSlot();
  if (!slot) throw new VaultError('share-scheme', 'This vault has no recovery shares yet.');
  const { index } = readShare(text, slot.set);
  window.send({ type: 'share-read', index, threshold: slot.set.threshold });
}

export async function drill(holdings: Holdings, { shares }: Ask<'drill'>): Promise<string> {
  await holdings.drill(shares);
  return 'These shares open this vault. Nothing was changed and nothing of it was shown.';
}

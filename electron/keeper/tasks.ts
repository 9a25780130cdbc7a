import type { ItemTask, VaultTask } from '../../shared/http/vault-items.ts';
import type { ToKeeper } from '../../shared/ipc/trusted.ts';
import type { VaultTaskRequest } from '../../shared/ipc/vault.ts';
import { CustodyError } from '../custody/custody-error.ts';
import type { OpenVault } from '../vault/opened.ts';
import { addItem, copyItem, exportItem, importItems, revealItem } from './item-tasks.ts';
import type { KeeperToMain } from './protocol.ts';
import { changePassphrase, checkShare, drill, Rekeying, ShareMaking } from './slot-tasks.ts';
import { refusal, troubleOf } from './trouble.ts';
import type { TrustedWindow } from './windows.ts';

interface Held {
  readonly id: string;
  readonly request: VaultTaskRequest;
}

interface TasksDependencies {
  readonly vault: OpenVault;
  readonly tell: (message: KeeperToMain) => void;
  /** Something in the vault, or in the journal of its uses, is different now. */
  readonly changed: () => Promise<void>;
  /** Why this item may not go yet; null when it may. */
  readonly heldBy: (item: string) => Promise<string | null>;
  readonly waitSeconds: () => Promise<number>;
}

/** What the window of each act may ask for; a window that was opened to rename cannot reveal. */
const ADMITS: Readonly<Record<VaultTask | ItemTask, readonly ToKeeper['type'][]>> = {
  add: ['add-item'],
  import: ['import-items'],
  passphrase: ['change-passphrase'],
  rekey: ['rekey', 'confirm-recovery'],
  shares: ['make-shares', 'show-share', 'keep-shares'],
  drill: ['check-share', 'drill'],
  reveal: ['reveal-item', 'copy-item'],
  rename: ['rename-item'],
  remove: ['remove-item'],
  export: ['export-item'],
};

/** One act on the open vault at a time, each in a window of its own: a page asks for the window and learns nothing of what is typed. */
export class Tasks {
  readonly #deps: TasksDependencies;
  readonly #rekeying = new Rekeying();
  readonly #sharing = new ShareMaking();
  #held: Held | null = null;
  #busy = false;

  constructor(deps: TasksDependencies) {
    this.#deps = deps;
  }

  /** A new vault is about to take the place of this one; what is written meanwhile would make that fail. */
  get isRekeying(): boolean {
    return this.#rekeying.isOpen;
  }

  /** A page that asks for windows faster than a person closes them gets the one that is open. */
  hold(id: string, request: VaultTaskRequest): void {
    if (this.#held) return;
    this.#held = { id, request };
    this.#deps.tell({ type: 'open-window', role: 'vault', subject: id });
  }

  closed(subject: string | null): void {
    if (this.#held?.id !== subject) return;
    this.#held = null;
    this.#rekeying.drop();
    this.#deps.tell({ type: 'close-window', role: 'vault', subject });
  }

  async answer(window: TrustedWindow, message: ToKeeper): Promise<void> {
    const held = this.#held;
    if (!held || held.id !== window.subject)
      return window.send(refusal('This was done already. Close the window.'));
    if (message.type === 'hello') return this.#show(window, held);
    if (message.type === 'close-task') return this.closed(held.id);
    if (!ADMITS[held.request.task].includes(message.type))
      return window.send(refusal('This window was not opened for that.'));
    if (this.#busy)
      return window.send({ ...refusal('The vault is still at work on the last request.'), code: 'busy' });
    this.#busy = true;
    const failed = await this.#work(window, held, message).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    this.#busy = false;
    if (failed) window.send(troubleOf(failed.error, await this.#deps.waitSeconds()));
    await this.#deps.changed();
  }

  #show(window: TrustedWindow, { request }: Held): void {
    const { holdings } = this.#deps.vault;
    const itemId = 'itemId' in request ? request.itemId : null;
    const item = holdings.list().find(({ id, label }) => id === itemId && label !== null) ?? null;
    const set = holdings.sharesSlot()?.set;
    const shares = set ? { threshold: set.threshold, count: set.count, set: set.id } : null;
    if (itemId !== null && !item)
      window.send(refusal('This item is not in the vault any more. Close the window.'));
    else window.send({ type: 'task', task: request.task, item, shares });
  }

  async #work(window: TrustedWindow, held: Held, message: ToKeeper): Promise<void> {
    const done = await ('itemId' in held.request
      ? this.#onItem(window, held.request.itemId, message)
      : this.#onVault(window, message));
    if (done !== null) window.send({ type: 'task-done', message: done });
  }

  async #onItem(window: TrustedWindow, id: string, message: ToKeeper): Promise<string | null> {
    const { holdings } = this.#deps.vault;
    const act = { holdings, id, tell: this.#deps.tell };
    switch (message.type) {
      case 'reveal-item':
        window.send({ type: 'item-value', value: await revealItem(act) });
        return null;
      case 'copy-item':
        await copyItem(act);
        return null;
      case 'rename-item':
        await holdings.rename(id, message.label);
        return `It is called “${message.label}” now.`;
      case 'remove-item':
        await this.#requireFree(id);
        await holdings.remove(id);
        return 'It is gone from the vault and from its spare. Older copies of the file still hold it.';
      case 'export-item':
        window.send({ type: 'working', what: 'Encrypting' });
        return exportItem(act, message);
      default:
        return null;
    }
  }

  async #requireFree(id: string): Promise<void> {
    const reason = await this.#deps.heldBy(id);
    if (reason !== null) throw new CustodyError('step-refused', reason);
  }

  async #onVault(window: TrustedWindow, message: ToKeeper): Promise<string | null> {
    const { holdings } = this.#deps.vault;
    const working = (what: string) => window.send({ type: 'working', what });
    switch (message.type) {
      case 'add-item':
        return addItem(holdings, message);
      case 'import-items':
        return importItems(holdings, message);
      case 'change-passphrase':
        working('Deriving both keys');
        return changePassphrase(holdings, message);
      case 'rekey':
        working('Making new keys');
        await this.#rekeying.begin(holdings, window, message);
        return null;
      case 'confirm-recovery':
        working('Writing the vault');
        await this.#rekeying.confirm(message);
        // The former root is wiped, but no program can vouch for every copy of its engine: the process ends, as with every lock.
        this.#deps.tell({ type: 'rekeyed' });
        return 'Every key is new. Old passphrases, codes and shares open nothing that is written from now on.';
      case 'make-shares':
        working('Drawing the shares and proving every quorum');
        await this.#sharing.begin(holdings, window, message);
        return null;
      case 'show-share':
        this.#sharing.show(window, message);
        return null;
      case 'keep-shares':
        working('Writing the vault');
        return this.#sharing.keep();
      case 'check-share':
        checkShare(holdings, window, message);
        return null;
      case 'drill':
        return drill(holdings, message);
      default:
        return null;
    }
  }
}

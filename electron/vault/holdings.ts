import { timingSafeEqual } from 'node:crypto';
import type { SecretUse, SecretUseAction } from '../../shared/http/secret-use.ts';
import type { Attempts, Clock } from './attempts.ts';
import { type Built, buildRekeyed } from './build.ts';
import type { Random } from './crypto.ts';
import { damaged, VaultError } from './errors.ts';
import type { StoredItem, VaultContent } from './format.ts';
import { nextGeneration } from './generation.ts';
import {
  factsOf,
  type ItemFacts,
  keptItem,
  type NewSecret,
  openItem,
  resealItem,
  type SigningHandle,
  WITNESS_TYPE,
  witnessItem,
} from './items.ts';
import { requireRoom } from './room.ts';
import type { ShareScheme } from './shares.ts';
import {
  isPassphraseSlot,
  makePassphraseSlot,
  makeSharesSlot,
  openPassphraseSlot,
  openSharesSlot,
  type SharesSlot,
} from './slots.ts';
import type { KdfCost } from './stretch.ts';
import { UseJournal } from './use-journal.ts';
import { type Storage, writeGeneration } from './write.ts';

export interface HoldingsDependencies extends Storage {
  readonly clock: Clock;
  readonly random: Random;
  /** Measured on this machine when a slot is made. */
  cost(): Promise<KdfCost>;
  readonly attempts: Attempts;
}

/** Shares that have been drawn and proven and are not yet in the vault. */
export interface PendingShares {
  readonly slot: SharesSlot;
  readonly words: readonly string[];
  commit(): Promise<void>;
}

/** What it takes to put a vault of new keys in the place of this one. */
interface Rebuilt {
  readonly built: Built;
  readonly deps: HoldingsDependencies;
  readonly onDisk: Buffer;
  readonly formerSlot: string;
}

/** A removed secret or a changed passphrase is gone from the spare too, so such a change is written twice. */
const WITH_SPARE = 2;

const isKept = (item: StoredItem): item is StoredItem & { label: string } => item.label !== undefined;

/**
 * What an open vault holds, and every change of it: one generation each, one after the other. It keeps the root until the process
 * ends or a re-key does; values come out through `use` alone, after the journal has the use on disk.
 */
export class Holdings {
  readonly #deps: HoldingsDependencies;
  /** Null once another vault has taken the place of this one. */
  #key: Buffer | null;
  readonly journal: UseJournal;
  #content: VaultContent;
  #onDisk: Buffer;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    deps: HoldingsDependencies,
    opened: { content: VaultContent; root: Uint8Array; onDisk: Buffer; key: SigningHandle },
  ) {
    this.#deps = deps;
    this.#key = Buffer.from(opened.root);
    this.#content = opened.content;
    this.#onDisk = opened.onDisk;
    this.journal = new UseJournal({ files: deps.files, clock: deps.clock, key: opened.key });
  }

  get content(): VaultContent {
    return this.#content;
  }

  /** @throws VaultError `vault-replaced` */
  get #root(): Buffer {
    if (this.#key) return this.#key;
    throw new VaultError(
      'vault-replaced',
      'This vault has new keys. Unlock it; nothing is done with the former ones.',
    );
  }

  /** Wipes the root, when what is being written with it is on the disk: from here on nothing opens and nothing is written. */
  async end(): Promise<void> {
    await this.#writing;
    this.#key?.fill(0);
    this.#key = null;
  }

  list(): ItemFacts[] {
    return this.#content.items.map(factsOf);
  }

  /** All of them or none. @throws VaultError `vault-full` | `write-failed` */
  async add(secrets: readonly NewSecret[]): Promise<void> {
    await this.#change(({ items, vaultId }, writtenAt) => ({
      items: [...items, ...secrets.map((secret) => keptItem(this.#material(vaultId), secret, writtenAt))],
    }));
  }

  /** The only item of its type: what was there of it is gone in the same write. @throws VaultError `vault-full` | `write-failed` */
  async putOnly(secret: NewSecret): Promise<void> {
    await this.#change(({ items, vaultId }, writtenAt) => ({
      items: [
        ...items.filter(({ type }) => type !== secret.type),
        keptItem(this.#material(vaultId), secret, writtenAt),
      ],
    }));
  }

  /** @throws VaultError `no-such-item` | `write-failed` */
  async rename(id: string, label: string): Promise<void> {
    await this.journal.record('rename', this.#named(id));
    await this.#change(({ items, vaultId }) => {
      const renamed = (item: StoredItem): StoredItem => {
        const to = this.#material(vaultId);
        return item.id === id ? resealItem({ root: this.#root }, to, item, label) : item;
      };
      return { items: items.map(renamed) };
    });
  }

  /** @throws VaultError `no-such-item` | `write-failed` */
  async remove(id: string): Promise<void> {
    this.#kept(id);
    await this.#change(({ items }) => ({ items: items.filter((item) => item.id !== id) }), WITH_SPARE);
  }

  /**
   * Opens one item for as long as `read` takes, after its use has been written down.
   * @throws VaultError `no-such-item` | `write-failed` | `journal-full`
   */
  async use<T>(id: string, action: SecretUseAction, read: (secret: Buffer) => T | Promise<T>): Promise<T> {
    await this.journal.record(action, this.#named(id));
    const secret = openItem(this.#root, this.#content.vaultId, this.#kept(id));
    try {
      return await read(secret);
    } finally {
      secret.fill(0);
    }
  }

  /** What the journal and the alert call it. @throws VaultError `no-such-item` */
  #named(id: string): NonNullable<SecretUse['item']> {
    const { type, label, canary } = this.#kept(id);
    return { id, type, label, canary: canary === true };
  }

  /** The new passphrase opens from the next write on, the old one neither this file nor its spare. */
  async changePassphrase(current: string, next: string): Promise<void> {
    await this.#proveOwner(current);
    const { records, random } = this.#deps;
    const old = this.#passphraseSlot();
    const half = records.usable ? random(32) : null;
    const slot = await makePassphraseSlot(
      this.#material(this.#content.vaultId),
      next,
      await this.#deps.cost(),
      half,
    );
    if (half) await records.keepSecret(slot.id, half);
    half?.fill(0);
    await this.#change(
      ({ slots }) => ({ slots: [slot, ...slots.filter((other) => !isPassphraseSlot(other))] }),
      WITH_SPARE,
    );
    await records.forgetSecret(old.id);
  }

  /** The same items under a new root, with a new recovery code and no shares; in memory only. `rekey` makes it the vault. */
  async rebuild(passphrase: string): Promise<Rebuilt> {
    await this.#proveOwner(passphrase);
    const { cost, random, records, clock, files } = this.#deps;
    await files.probe();
    await this.journal.record('rekey');
    // What is being written belongs to what is rebuilt.
    await this.#writing;
    const generation = nextGeneration(this.#content.generation, null);
    const given = { passphrase, cost: await cost(), random, withKeychain: records.usable };
    const writtenAt = clock.now().toISOString();
    const built = await buildRekeyed(this.#content, this.#root, generation, { ...given, writtenAt });
    return { built, deps: this.#deps, onDisk: this.#onDisk, formerSlot: this.#passphraseSlot().id };
  }

  /** @throws VaultError `share-scheme` | `share-unproven` | `wrong-passphrase` */
  async makeShares(passphrase: string, scheme: ShareScheme): Promise<PendingShares> {
    await this.#proveOwner(passphrase);
    if (this.sharesSlot())
      throw new VaultError(
        'share-scheme',
        'This vault has recovery shares. Re-key it first; that ends them.',
      );
    const { slot, words } = await makeSharesSlot(this.#material(this.#content.vaultId), scheme);
    return {
      slot,
      words,
      commit: () => this.#change(({ slots }) => ({ slots: [...slots, slot] })),
    };
  }

  /** Proves that these shares open this vault, and gives nothing back. @throws VaultError `wrong-share` | `too-few-shares` */
  async drill(texts: readonly string[]): Promise<void> {
    const slot = this.sharesSlot();
    if (!slot) throw new VaultError('share-scheme', 'This vault has no recovery shares yet.');
    await this.journal.record('drill');
    const root = await openSharesSlot(slot, this.#content.vaultId, texts);
    const same = timingSafeEqual(root, this.#root);
    root.fill(0);
    if (!same) throw new VaultError('wrong-share', 'These shares open another vault than this one.');
  }

  /** What was kept of the log last; null before the first time. */
  witnessed(): Buffer | null {
    const item = this.#content.items.find(({ type }) => type === WITNESS_TYPE);
    return item ? openItem(this.#root, this.#content.vaultId, item) : null;
  }

  /** @throws VaultError `write-failed` */
  keepWitnessed(record: Buffer): Promise<void> {
    return this.#change(({ items, vaultId }, writtenAt) => {
      const others = items.filter(({ type }) => type !== WITNESS_TYPE);
      return { items: [...others, witnessItem(this.#material(vaultId), record, writtenAt)] };
    });
  }

  /** What the keychain remembers as the newest generation; null where it remembers nothing or does not answer. */
  async counter(): Promise<number | null> {
    const record = await this.#deps.records.counterOf(this.#content.vaultId).catch(() => null);
    return record?.generation ?? null;
  }

  sharesSlot(): SharesSlot | null {
    return this.#content.slots.find((slot) => slot.kind === 'recovery-shares') ?? null;
  }

  #passphraseSlot() {
    const slot = this.#content.slots.find(isPassphraseSlot);
    if (!slot) throw damaged('it has no passphrase slot');
    return slot;
  }

  /** Whoever stands at an open vault is not yet its owner: what changes its slots asks for the passphrase again. */
  async #proveOwner(passphrase: string): Promise<void> {
    const { records, attempts } = this.#deps;
    const slot = this.#passphraseSlot();
    const half = slot.kind === 'passphrase+keychain' ? await records.secretOf(slot.id) : null;
    await attempts.begin();
    const root = await openPassphraseSlot(slot, this.#content.vaultId, passphrase, half);
    half?.fill(0);
    root.fill(0);
    await attempts.succeeded();
  }

  #kept(id: string): StoredItem & { label: string } {
    const found = this.#content.items.filter(isKept).find((item) => item.id === id);
    if (!found) throw new VaultError('no-such-item', 'This item is not in the vault any more.');
    return found;
  }

  #material(vaultId: string) {
    return { vaultId, root: this.#root, random: this.#deps.random };
  }

  #change(
    change: (content: VaultContent, writtenAt: string) => Partial<VaultContent>,
    times = 1,
  ): Promise<void> {
    const written = this.#writing.then(async () => {
      const writtenAt = this.#deps.clock.now().toISOString();
      let next: VaultContent = { ...this.#content, ...change(this.#content, writtenAt), writtenAt };
      requireRoom(next);
      for (let time = 0; time < times; time += 1) {
        next = { ...next, generation: nextGeneration(this.#content.generation, null) };
        this.#onDisk = await writeGeneration(this.#deps, next, this.#root, this.#onDisk);
        this.#content = next;
      }
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }
}

import { MIN_PASSPHRASE_CHARACTERS } from '../../shared/ipc/passphrase.ts';
import { Attempts, type Clock } from './attempts.ts';
import { buildNew, buildRekeyed, type Ingredients } from './build.ts';
import { type PendingVault, pendingVault } from './commit.ts';
import type { Random } from './crypto.ts';
import { type OnDisk, readDisk } from './disk.ts';
import { damaged, VaultError } from './errors.ts';
import { PREVIOUS_FILE, VAULT_FILE } from './files.ts';
import type { DecodedVault, VaultContent } from './format.ts';
import { judgeGeneration, nextGeneration } from './generation.ts';
import type { HoldingsDependencies } from './holdings.ts';
import { type Inspection, inspect } from './inspection.ts';
import type { KeychainAttack } from './keychain.ts';
import { type OpenVault, openContent } from './opened.ts';
import { parseRecoveryCode } from './recovery-code.ts';
import { readShare } from './shares.ts';
import {
  isPassphraseSlot,
  openPassphraseSlot,
  openRecoverySlot,
  openSharesSlot,
  type PassphraseSlot,
  type SharesSlot,
} from './slots.ts';
import type { KdfCost } from './stretch.ts';
import { type Baseline, type Storage, writeGeneration } from './write.ts';

interface VaultDependencies extends Storage {
  readonly clock: Clock;
  readonly random: Random;
  /** Measured on this machine when a slot is made. */
  cost(): Promise<KdfCost>;
}

interface OpenOptions {
  /** The user has been told that only an older generation is there, and goes on with it. */
  readonly acceptOlder: boolean;
}

/** What was put by for the day on which the passphrase is lost. */
export type Recovery = { readonly code: string } | { readonly shares: readonly string[] };

interface CreateOptions {
  /** The user has been told that a vault was here and starts anew; what is left of it is moved aside. */
  readonly startAnew: boolean;
}

/** The file that an attempt is made on. */
interface Source extends DecodedVault {
  readonly bytes: Buffer;
  /** True when the current file is missing or unreadable and this is the generation before it. */
  readonly isPrevious: boolean;
}

const ROLLED_BACK =
  'This vault file is older than the one last used here. Put the newer file back, or go on with this one and lose what came after it.';

/** The vault of one directory, closed: it can be looked at, made, opened with a passphrase, or recovered. */
export class Vault {
  readonly #deps: VaultDependencies;
  readonly #attempts: Attempts;
  readonly #held: HoldingsDependencies;
  /** Bytes that had a right checksum and a wrong MAC; known only once a root was. */
  #tampered: Buffer | null = null;

  constructor(deps: VaultDependencies) {
    this.#deps = deps;
    this.#attempts = new Attempts(deps.files, deps.clock);
    this.#held = { ...deps, attempts: this.#attempts };
  }

  async inspect(): Promise<Inspection> {
    const { files, records } = this.#deps;
    await records.measure();
    const seen = await inspect(await this.#disk(), records, files.directory);
    const forgetful = 'Wrong attempts cannot be counted across restarts: the vault folder is not writable.';
    return this.#attempts.persistent ? seen : { ...seen, warnings: [...seen.warnings, forgetful] };
  }

  /** Attacks the keychain that keeps half of this vault's key. @returns null where there is none */
  attackKeychain(): Promise<KeychainAttack | null> {
    return this.#deps.records.attack();
  }

  /** Seconds until another attempt is looked at. */
  waitSeconds(): Promise<number> {
    return this.#attempts.waitSeconds();
  }

  /** @throws VaultError `vault-exists` | `passphrase-too-short` | `write-failed` */
  async create(passphrase: string, { startAnew }: CreateOptions): Promise<PendingVault> {
    const { files, clock } = this.#deps;
    const { state } = await this.inspect();
    const permitted = state === 'absent' || (state === 'damaged' && startAnew);
    if (!permitted) throw new VaultError('vault-exists', 'A vault is here already. Unlock it.');
    checkLength(passphrase);
    await files.probe();
    const built = await buildNew(await this.#ingredients(passphrase));
    return pendingVault(this.#held, built, {
      baseline: null,
      makeWay: async () => {
        await files.setAside(VAULT_FILE, 'damaged', clock.now());
        await files.setAside(PREVIOUS_FILE, 'set-aside', clock.now());
      },
      afterwards: () => this.#attempts.succeeded(),
    });
  }

  /** @throws VaultError with the code that says why not; a wrong passphrase says no more than that */
  async unlock(passphrase: string, options: OpenOptions): Promise<OpenVault> {
    const source = await this.#source(options);
    const { content } = source;
    const slot = passphraseSlotOf(content);
    const half = slot.kind === 'passphrase+keychain' ? await this.#deps.records.secretOf(slot.id) : null;
    await this.#attempts.begin();
    const root = await openPassphraseSlot(slot, content.vaultId, passphrase, half);
    half?.fill(0);
    try {
      const counter = await this.#prove(source, root, options);
      const opened = openContent(this.#held, { content, root, onDisk: source.bytes });
      return options.acceptOlder
        ? await this.#adopt(source, root, counter)
        : await this.#caughtUp(opened, counter);
    } finally {
      root.fill(0);
    }
  }

  /** Reads one share and says whose it is; nothing is opened and no attempt is counted. @throws VaultError `wrong-share` */
  async checkShare(text: string, options: OpenOptions): Promise<{ index: number; threshold: number }> {
    const { set } = sharesSlotOf((await this.#source(options)).content);
    return { index: readShare(text, set).index, threshold: set.threshold };
  }

  /** Opens with what was put by and makes the vault anew around its items: new passphrase, new code, new root, no shares. */
  async recover(how: Recovery, newPassphrase: string, options: OpenOptions): Promise<PendingVault> {
    // A typing mistake is named before it counts as an attempt.
    const secret = 'code' in how ? parseRecoveryCode(how.code) : Buffer.alloc(0);
    checkLength(newPassphrase);
    const source = await this.#source(options);
    const { content } = source;
    if ('shares' in how) for (const text of how.shares) readShare(text, sharesSlotOf(content).set);
    await this.#attempts.begin();
    const root =
      'code' in how
        ? openWithAny(content, secret)
        : await openSharesSlot(sharesSlotOf(content), content.vaultId, how.shares);
    try {
      // The code needs no keychain, so one that does not answer cannot stand in its way.
      const counter = await this.#prove(source, root, options, () => null);
      await this.#deps.files.probe();
      const generation = nextGeneration(content.generation, counter);
      const ingredients = await this.#ingredients(newPassphrase);
      const built = await buildRekeyed(content, root, generation, ingredients);
      return pendingVault(this.#held, built, {
        baseline: baselineOf(source),
        makeWay: () => this.#makeWay(source),
        afterwards: () => this.#deps.records.forgetSecret(passphraseSlotOf(content).id),
      });
    } finally {
      root.fill(0);
      secret.fill(0);
    }
  }

  async #ingredients(passphrase: string): Promise<Ingredients> {
    const { random, records, clock } = this.#deps;
    const cost = await this.#deps.cost();
    const writtenAt = clock.now().toISOString();
    return { passphrase, cost, random, writtenAt, withKeychain: records.usable };
  }

  async #disk(): Promise<OnDisk> {
    const disk = await readDisk(this.#deps.files);
    const { current } = disk;
    if (current.kind !== 'readable' || !this.#tampered?.equals(current.bytes)) return disk;
    const error = damaged('it was changed by someone who does not hold its key');
    return { ...disk, current: { kind: 'unreadable', error } };
  }

  /** The current file; the one before it only where the current one is lost and the user knows. */
  async #source({ acceptOlder }: OpenOptions): Promise<Source> {
    await this.#deps.records.measure();
    const { current, previous } = await this.#disk();
    if (current.kind === 'readable') return { ...current.decoded, bytes: current.bytes, isPrevious: false };
    if (acceptOlder && previous.kind === 'readable')
      return { ...previous.decoded, bytes: previous.bytes, isPrevious: true };
    if (current.kind === 'unreadable') throw current.error;
    throw new VaultError('vault-absent', 'The vault file is missing. Put it back and try again.');
  }

  /**
   * What a right key still has to find: an untouched file of the newest generation.
   * @param unanswered what a keychain that does not answer means for the counter; by default a refusal
   * @returns the keychain's counter
   */
  async #prove(
    source: Source,
    root: Uint8Array,
    { acceptOlder }: OpenOptions,
    unanswered: (cause: unknown) => null = refuse,
  ): Promise<number | null> {
    await this.#attempts.succeeded();
    try {
      source.authenticate(root);
    } catch (error) {
      if (!source.isPrevious) this.#tampered = source.bytes;
      throw error;
    }
    const { content } = source;
    const record = await this.#deps.records.counterOf(content.vaultId).catch(unanswered);
    const counter = record?.generation ?? null;
    if (judgeGeneration(content.generation, counter) === 'rolled-back' && !acceptOlder)
      throw new VaultError('vault-rolled-back', ROLLED_BACK);
    return counter;
  }

  /** Makes an older vault the newest, above every generation ever seen, so that a lost one cannot return unnoticed. */
  async #adopt(source: Source, root: Uint8Array, counter: number | null): Promise<OpenVault> {
    const writtenAt = this.#deps.clock.now().toISOString();
    const generation = nextGeneration(source.content.generation, counter);
    const content: VaultContent = { ...source.content, generation, writtenAt };
    await this.#makeWay(source);
    const onDisk = await writeGeneration(this.#deps, content, root, baselineOf(source));
    return openContent(this.#held, { content, root, onDisk });
  }

  /** After a crash between file and counter, or when the folder has moved, the keychain is told what is current. */
  async #caughtUp(opened: OpenVault, counter: number | null): Promise<OpenVault> {
    const { records, files } = this.#deps;
    if (records.usable && counter !== opened.generation)
      await records.keepCounter(opened.vaultId, opened.generation, files.directory).catch(() => undefined);
    return opened;
  }

  async #makeWay({ isPrevious }: Source): Promise<void> {
    if (isPrevious) await this.#deps.files.setAside(VAULT_FILE, 'damaged', this.#deps.clock.now());
  }
}

function refuse(cause: unknown): never {
  throw cause;
}

function checkLength(passphrase: string): void {
  if (passphrase.length < MIN_PASSPHRASE_CHARACTERS)
    throw new VaultError('passphrase-too-short', `Use at least ${MIN_PASSPHRASE_CHARACTERS} characters.`);
}

const baselineOf = (source: Source): Baseline => (source.isPrevious ? null : source.bytes);

function passphraseSlotOf(content: VaultContent): PassphraseSlot {
  const found = content.slots.find(isPassphraseSlot);
  if (!found) throw damaged('it has no passphrase slot');
  return found;
}

/** @throws VaultError `wrong-share` */
function sharesSlotOf(content: VaultContent): SharesSlot {
  const slot = content.slots.find((candidate) => candidate.kind === 'recovery-shares');
  if (!slot) throw new VaultError('wrong-share', 'This vault has no recovery shares. Use the recovery code.');
  return slot;
}

/** @throws VaultError `wrong-recovery-code` */
function openWithAny(content: VaultContent, secret: Uint8Array): Buffer {
  const slot = content.slots.find((candidate) => candidate.kind === 'recovery');
  if (!slot) throw new VaultError('wrong-recovery-code', 'This vault has no recovery code.');
  return openRecoverySlot(slot, content.vaultId, secret);
}

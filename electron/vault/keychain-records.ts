import { z } from 'zod';
import { KEY_BYTES } from './crypto.ts';
import { VaultError } from './errors.ts';
import { attackKeychain, type Keychain, type KeychainAttack, MISSING_KEYCHAIN } from './keychain.ts';

const SECRETS = 'Sallyport vault key';
const COUNTERS = 'Sallyport vault generation';

const counterRecord = z.strictObject({ generation: z.number().int().min(1), directory: z.string() });

const gone = (cause?: unknown): VaultError =>
  new VaultError(
    'keychain-missing',
    'The system keychain does not answer. Start or unlock it and try again, or use the recovery code.',
    { cause },
  );

type CounterRecord = z.infer<typeof counterRecord>;

function readCounter(value: string | null): CounterRecord | null {
  try {
    return counterRecord.parse(JSON.parse(value ?? 'null'));
  } catch {
    return null;
  }
}

/** What the vault keeps in the keychain: half of a slot's key, and which generation is the newest. */
export class KeychainRecords {
  readonly #probe: () => Promise<Keychain>;
  #keychain: Keychain = MISSING_KEYCHAIN;

  constructor(probe: () => Promise<Keychain>) {
    this.#probe = probe;
  }

  /** Measures, unless a working keychain is at hand: one that was missing may have come back. */
  async measure(): Promise<void> {
    if (this.#keychain.quality === 'missing') this.#keychain = await this.#probe();
  }

  get quality(): Keychain['quality'] {
    return this.#keychain.quality;
  }

  /** Plain-text storage is no keychain: half a key that anyone can read protects nothing. */
  get usable(): boolean {
    return this.#keychain.quality === 'system';
  }

  /**
   * Where it does not answer it is measured and attacked once more: one hiccup is no weakness, and must not take the keychain from a
   * vault that is open.
   * @returns what it did; null when there is none, or it answered neither time, which counts as missing until it is measured again
   */
  async attack(): Promise<KeychainAttack | null> {
    await this.measure();
    if (!this.usable) return null;
    return attackKeychain(this.#keychain).catch(() => this.#attackAgain());
  }

  async #attackAgain(): Promise<KeychainAttack | null> {
    this.#keychain = await this.#probe();
    if (!this.usable) return null;
    return attackKeychain(this.#keychain).catch(() => {
      this.#keychain = MISSING_KEYCHAIN;
      return null;
    });
  }

  /** @throws VaultError `keychain-missing` | `keychain-half-missing` */
  async secretOf(slotId: string): Promise<Buffer> {
    if (this.#keychain.quality === 'missing') throw gone();
    const value = await this.#keychain.get(SECRETS, slotId).catch((cause: unknown) => {
      throw gone(cause);
    });
    const secret = Buffer.from(value ?? '', 'base64url');
    if (secret.length === KEY_BYTES) return secret;
    throw new VaultError(
      'keychain-half-missing',
      'The keychain works but no longer holds its half of this vault’s key. Use the recovery code.',
    );
  }

  /** Stores half a key and reads it back: a slot is written only when its other half is certain. */
  async keepSecret(slotId: string, secret: Buffer): Promise<void> {
    await this.#keychain.set(SECRETS, slotId, secret.toString('base64url')).catch((cause: unknown) => {
      throw gone(cause);
    });
    if (!(await this.secretOf(slotId)).equals(secret)) throw gone();
  }

  async forgetSecret(slotId: string): Promise<void> {
    await this.#keychain.remove(SECRETS, slotId).catch(() => undefined);
  }

  /**
   * `null` when the keychain holds no counter for this vault, or there is no keychain. One that does not answer now counts as
   * missing until it is measured again, and is said: a rollback must not pass because of a hiccup.
   * @throws VaultError `keychain-missing`
   */
  async counterOf(vaultId: string): Promise<CounterRecord | null> {
    if (!this.usable) return null;
    const value = await this.#keychain.get(COUNTERS, vaultId).catch((cause: unknown) => {
      this.#keychain = MISSING_KEYCHAIN;
      throw gone(cause);
    });
    return readCounter(value);
  }

  /** @throws VaultError `keychain-missing` */
  async keepCounter(vaultId: string, generation: number, directory: string): Promise<void> {
    const value = JSON.stringify({ generation, directory });
    await this.#keychain.set(COUNTERS, vaultId, value).catch((cause: unknown) => {
      throw gone(cause);
    });
  }

  /** Whether a vault has ever lived in this directory, as far as the keychain knows. */
  async remembers(directory: string): Promise<boolean> {
    if (!this.usable) return false;
    const all = await this.#keychain.list(COUNTERS).catch(() => []);
    return all.some(({ password }) => readCounter(password)?.directory === directory);
  }
}

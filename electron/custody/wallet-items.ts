import type { Holdings } from '../vault/holdings.ts';
import type { Ceremony } from './ceremony.ts';
import { identityIn, writeKey } from './key-formats.ts';
import type { TwoPersons } from './persons.ts';
import { labelOf } from './rotation-parts.ts';
import { SHARED_TYPE } from './two-person-wallet.ts';
import { SEED_BYTES, type WalletIdentity } from './wallet-key.ts';

/** Keys that open with two operators; null where there can be none. */
export interface SharedWallets {
  identityOf(item: string): Promise<WalletIdentity | null>;
  keep(seed: Uint8Array, ceremony: string, persons: TwoPersons): Promise<void>;
  /** Closes what a second operator has admitted. */
  end(): void;
}

export interface WalletItemsDeps {
  /** Of one person's wallets all; of two persons' those that are open now. */
  readonly holdings: () => Pick<Holdings, 'list' | 'add' | 'use' | 'remove'>;
  readonly shared: SharedWallets | null;
  readonly random: (bytes: number) => Buffer;
}

/** Wallet keys as items of the vault: made, found again and told apart, never handed out. */
export class WalletItems {
  readonly #deps: WalletItemsDeps;

  constructor(deps: WalletItemsDeps) {
    this.#deps = deps;
  }

  has(item: string): boolean {
    return this.typeOf(item) !== null;
  }

  typeOf(item: string): string | null {
    const found = this.#deps
      .holdings()
      .list()
      .find(({ id }) => id === item);
    return found?.type ?? null;
  }

  /** What a wallet key of the vault is, without its secret half. @throws CustodyError, VaultError */
  async identify(item: string): Promise<WalletIdentity> {
    const shared = (await this.#deps.shared?.identityOf(item)) ?? null;
    if (shared) return shared;
    return this.#deps.holdings().use(item, 'check', (secret) => identityIn(secret.toString('utf8')));
  }

  /** By its name and its type: an item of one person that was given this name is no wallet of two. */
  #of({ id: ceremony, persons }: Pick<Ceremony, 'id' | 'persons'>): string | null {
    const label = labelOf(ceremony);
    const wanted = persons ? SHARED_TYPE : 'wallet-key';
    const found = this.#deps
      .holdings()
      .list()
      .find((item) => item.label === label && item.type === wanted);
    return found?.id ?? null;
  }

  /** The item of this ceremony's key; made when it is not there yet, for one person or for two. */
  async make(ceremony: Pick<Ceremony, 'id' | 'persons'>): Promise<string> {
    const { id, persons } = ceremony;
    const made = this.#of(ceremony);
    if (made) return made;
    const seed = this.#deps.random(SEED_BYTES);
    try {
      if (!persons) await this.#keepAlone(seed, id);
      else if (this.#deps.shared) await this.#deps.shared.keep(seed, id, persons);
    } finally {
      seed.fill(0);
    }
    return this.#of(ceremony) as string;
  }

  async #keepAlone(seed: Buffer, ceremony: string): Promise<void> {
    const secret = Buffer.from(writeKey(seed, 'phantom'), 'utf8');
    const item = { type: 'wallet-key', label: labelOf(ceremony), canary: false, secret } as const;
    await this.#deps
      .holdings()
      .add([item])
      .finally(() => secret.fill(0));
  }
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import type { Holdings } from '../vault/holdings.ts';
import type { SigningHandle } from '../vault/items.ts';
import { identityIn, readKey } from './key-formats.ts';
import { type TwoPersons, twoPersons } from './persons.ts';
import { refused, requireKeychain } from './rotation-parts.ts';
import type { SecondOperator } from './second-operator.ts';
import { SignedFiles } from './signed-files.ts';
import { SHARED_TYPE, sharedHeader } from './two-person-wallet.ts';
import type { WalletIdentity } from './wallet-key.ts';

const DOMAIN = 'sallyport/imported-wallet/v1';
const NAME = /^imported-[0-9a-f-]{36}\.json$/;

const record = z.strictObject({
  format: z.literal('sallyport-imported-wallet'),
  version: z.literal(1),
  id: z.uuid(),
  at: z.iso.datetime(),
  /** The vault's item that opens with both keys. */
  item: z.uuid(),
  wallet: sharedHeader.shape.wallet,
  persons: twoPersons,
  /** Items of this vault that held the same key when this was written; each of them opens with the vault alone. */
  singles: z.array(z.uuid()),
  signer: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});
export type ImportedWallet = z.infer<typeof record>;

interface Deps {
  /** Of the custodian's journals. */
  readonly folder: string;
  readonly custodian: Pick<SigningHandle, 'keyId' | 'publicKey' | 'sign'>;
  readonly now: () => Date;
  readonly holdings: () => Pick<Holdings, 'list' | 'use'>;
  readonly second: Pick<SecondOperator, 'keep' | 'identityOf' | 'holdings'>;
  readonly keychain: () => Promise<VaultStatus['keychain']>;
}

/**
 * Wallets that were there before, and were put under the keys of two operators. Whatever held the key alone is remembered, because
 * encrypting a key once more takes no copy of it away.
 */
export class ImportedWallets {
  readonly #deps: Deps;
  readonly #files: SignedFiles<ImportedWallet>;
  /** Wallets that a rotation made: looked at once. */
  readonly #others = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#files = new SignedFiles(deps, { domain: DOMAIN, file: NAME, schema: record });
  }

  #itemsOf(type: string): string[] {
    return this.#deps
      .holdings()
      .list()
      .flatMap((item) => (item.type === type ? [item.id] : []));
  }

  /** What a text holds, when it may be taken in. @throws CustodyError `custody-off`, `key-…`, `step-refused` */
  async inspect(text: string): Promise<WalletIdentity> {
    requireKeychain(await this.#deps.keychain());
    const wallet = identityIn(text);
    for (const item of this.#itemsOf(SHARED_TYPE))
      if ((await this.#deps.second.identityOf(item))?.fingerprint === wallet.fingerprint)
        throw refused('This wallet is in the vault and opens with two keys already. Nothing was changed.');
    return wallet;
  }

  /** @throws CustodyError as `inspect` does, `same-key`, `same-person` */
  async take(text: string, persons: TwoPersons): Promise<WalletIdentity> {
    const wallet = await this.inspect(text);
    const seed = readKey(text);
    try {
      await this.#deps.second.keep(seed, randomUUID(), persons, 'imported');
    } finally {
      seed.fill(0);
    }
    await this.all();
    return wallet;
  }

  /** All that were ever taken in. One whose record was not written, or was lost, is read from its item and written again. */
  async all(): Promise<ImportedWallet[]> {
    // Two windows that looked at once may have written it twice.
    const known = new Map((await this.#files.all()).map((one) => [one.item, one]));
    for (const item of this.#itemsOf(SHARED_TYPE)) {
      if (known.has(item) || this.#others.has(item)) continue;
      const made = await this.#note(item);
      if (made) known.set(item, made);
      else this.#others.add(item);
    }
    return [...known.values()];
  }

  async #note(item: string): Promise<ImportedWallet | null> {
    const { header } = await this.#deps.second.holdings.shared(item);
    const { ceremony: id, wallet, first, second, origin } = header;
    if (!origin) return null;
    const singles = await this.#holding(wallet.fingerprint);
    const made = this.#files.sign((signer) => ({
      ...{ format: 'sallyport-imported-wallet', version: 1, id, at: this.#deps.now().toISOString() },
      ...{ item, wallet, persons: { first, second }, singles, ...signer },
    }));
    // A disk that is full leaves the vault's item, from which it is told again; what is in the way is no record of ours.
    await this.#files.keep(`imported-${randomUUID()}.json`, made).catch(() => undefined);
    return made;
  }

  /** Items of one person's with this key. */
  async #holding(fingerprint: string): Promise<string[]> {
    const found: string[] = [];
    for (const item of this.#itemsOf('wallet-key')) {
      const seen = await this.#deps
        .holdings()
        .use(item, 'check', (secret) => identityIn(secret.toString('utf8')))
        .catch(() => null);
      if (seen?.fingerprint === fingerprint) found.push(item);
    }
    return found;
  }
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { VaultStatus } from '../../shared/ipc/vault.ts';
import { VaultError } from '../vault/errors.ts';
import type { Holdings } from '../vault/holdings.ts';
import type { SigningHandle } from '../vault/items.ts';
import { CustodyError } from './custody-error.ts';
import { identityIn, readKey } from './key-formats.ts';
import { Looks } from './looks.ts';
import { type TwoPersons, twoPersons } from './persons.ts';
import { refused, requireKeychain } from './rotation-parts.ts';
import type { SecondOperator } from './second-operator.ts';
import { SignedFiles } from './signed-files.ts';
import { SHARED_TYPE, type SharedHeader, sharedHeader } from './two-person-wallet.ts';
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
  /** Items of this vault that have held the same key, up to when this was written; each of them opens with the vault alone. */
  singles: z.array(z.uuid()),
  signer: z.string(),
  publicKey: z.string(),
  signature: z.string(),
});
type ImportRecord = z.infer<typeof record>;

export type ImportedWallet = Pick<ImportRecord, 'id' | 'item' | 'wallet' | 'persons' | 'singles'>;

/** An item that could not be looked at: what is listed may lack it. */
export interface Unread {
  readonly label: string;
  /** Why, for a person. */
  readonly message: string;
}

export interface Imports {
  readonly wallets: readonly ImportedWallet[];
  readonly unread: readonly Unread[];
}

type Item = ReturnType<Holdings['list']>[number];

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
  readonly #files: SignedFiles<ImportRecord>;
  readonly #headers = new Looks<SharedHeader>();
  /** By their fingerprints; null for an item that holds no key. */
  readonly #alone = new Looks<string | null>();
  /** What a record was tried of: a disk that is full is not asked every two seconds. */
  readonly #tried = new Set<string>();
  #looking: Promise<unknown> = Promise.resolve();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#files = new SignedFiles(deps, { domain: DOMAIN, file: NAME, schema: record });
  }

  #itemsOf(type: string): Item[] {
    return this.#deps
      .holdings()
      .list()
      .filter((item) => item.type === type);
  }

  /** What a text holds, when it may be taken in. @throws CustodyError `custody-off`, `key-…`, `step-refused` */
  async inspect(text: string): Promise<WalletIdentity> {
    requireKeychain(await this.#deps.keychain());
    const wallet = identityIn(text);
    for (const { id } of this.#itemsOf(SHARED_TYPE))
      if ((await this.#deps.second.identityOf(id))?.fingerprint === wallet.fingerprint)
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

  /**
   * All that were ever taken in, and what holds their keys alone now or did. One whose record was not written, or was lost, is read from
   * its item and written again; an item that cannot be read is named, and costs no other one its row.
   * @param isEnded by fingerprint: no copy of such a wallet is looked for any more
   */
  all(isEnded: (fingerprint: string) => boolean = () => false): Promise<Imports> {
    const looked = this.#looking.then(() => this.#look(isEnded));
    this.#looking = looked.catch(() => undefined);
    return looked;
  }

  async #look(isEnded: (fingerprint: string) => boolean): Promise<Imports> {
    const unread: Unread[] = [];
    const recorded = merged(await this.#files.all());
    const known = new Map(recorded);
    for (const item of this.#itemsOf(SHARED_TYPE)) {
      if (known.has(item.id)) continue;
      const header = await this.#tryAt(unread, item, () => this.#headerOf(item.id));
      if (header?.origin) known.set(item.id, fromHeader(item.id, header));
    }
    const living = [...known.values()].filter(({ wallet }) => !isEnded(wallet.fingerprint));
    const alone = living.length > 0 ? await this.#holders(unread) : [];
    for (const one of living) {
      const found = alone.flatMap(([id, fingerprint]) =>
        fingerprint === one.wallet.fingerprint ? [id] : [],
      );
      const singles = [...new Set([...one.singles, ...found])];
      known.set(one.item, { ...one, singles });
      const isNew = singles.length > (recorded.get(one.item)?.singles.length ?? -1);
      // A record that lacks what could not be looked at would be believed when it can be.
      if (isNew && unread.length === 0) await this.#record({ ...one, singles });
    }
    return { wallets: [...known.values()], unread };
  }

  #headerOf(item: string): Promise<SharedHeader> {
    return this.#headers.at(item, async () => (await this.#deps.second.holdings.shared(item)).header);
  }

  async #tryAt<T>(unread: Unread[], { label }: Item, look: () => Promise<T>): Promise<T | null> {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof VaultError) && !(error instanceof CustodyError)) throw error;
      unread.push({ label: label ?? 'an item without a name', message: error.message });
      return null;
    }
  }

  /** Items of one person's, each with the wallet that it opens. */
  async #holders(unread: Unread[]): Promise<[string, string | null][]> {
    const found: [string, string | null][] = [];
    for (const item of this.#itemsOf('wallet-key'))
      found.push([item.id, await this.#tryAt(unread, item, () => this.#fingerprintOf(item.id))]);
    return found;
  }

  #fingerprintOf(item: string): Promise<string | null> {
    return this.#alone.at(item, () =>
      this.#deps.holdings().use(item, 'check', (secret) => fingerprintIn(secret.toString('utf8'))),
    );
  }

  async #record({ id, ...wallet }: ImportedWallet): Promise<void> {
    const key = `${wallet.item} ${wallet.singles.join(' ')}`;
    if (this.#tried.has(key)) return;
    this.#tried.add(key);
    const made = this.#files.sign((signer) => ({
      ...{ format: 'sallyport-imported-wallet', version: 1, id, at: this.#deps.now().toISOString() },
      ...{ ...wallet, ...signer },
    }));
    // A disk that is full leaves the vault's items, from which it is told again; what is in the way is no record of ours.
    await this.#files.keep(`imported-${randomUUID()}.json`, made).catch(() => undefined);
  }
}

/** A copy that was found later has a record of its own: what any of them lists has held the key. */
function merged(records: readonly ImportRecord[]): Map<string, ImportedWallet> {
  const known = new Map<string, ImportedWallet>();
  for (const { id, item, wallet, persons, singles } of records) {
    const before = known.get(item)?.singles ?? [];
    known.set(item, { id, item, wallet, persons, singles: [...new Set([...before, ...singles])] });
  }
  return known;
}

const fromHeader = (item: string, { ceremony: id, wallet, first, second }: SharedHeader): ImportedWallet => ({
  id,
  item,
  wallet,
  persons: { first, second },
  singles: [],
});

/** Null for what is no key: nothing of it is a copy of one. */
function fingerprintIn(text: string): string | null {
  try {
    return identityIn(text).fingerprint;
  } catch (error) {
    if (error instanceof CustodyError) return null;
    throw error;
  }
}

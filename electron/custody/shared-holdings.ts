import type { SecretUseAction } from '../../shared/http/secret-use.ts';
import type { Holdings } from '../vault/holdings.ts';
import { actionFor, type Deed, deedDigest } from './deed.ts';
import { writeKey } from './key-formats.ts';
import { refused } from './persons.ts';
import { joinParts, readShared, SHARED_TYPE, type SharedWallet } from './two-person-wallet.ts';

type Held = Pick<Holdings, 'list' | 'add' | 'use' | 'remove'>;

/** The second operator's part, for one deed and for no longer than that takes. */
export interface Grant {
  readonly item: string;
  readonly deed: Deed;
  readonly part: Buffer;
  /** Milliseconds since 1970. */
  readonly until: number;
}

interface Deps {
  readonly holdings: () => Held;
  /** Opens what was encrypted to this vault. */
  readonly ownPart: (shared: SharedWallet) => Promise<Buffer>;
  readonly now: () => Date;
}

const keyOf = (item: string, action: SecretUseAction): string => `${item} ${action}`;

const needed = (): Error =>
  refused(
    'second-needed',
    'This wallet opens with the keys of two operators. Ask the second one first; nothing was opened.',
  );

/** The vault's items as a rotation uses them: a wallet of two persons opens while the second one's part is here, for what they approved. */
export class SharedHoldings implements Held {
  readonly #deps: Deps;
  /** One for each use of each wallet: what is shown of one ends no sweep of another. */
  readonly #grants = new Map<string, { readonly grant: Grant; readonly timer: NodeJS.Timeout }>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  readonly list: Held['list'] = () => this.#deps.holdings().list();
  readonly add: Held['add'] = (secrets) => this.#deps.holdings().add(secrets);
  readonly remove: Held['remove'] = (id) => this.#deps.holdings().remove(id);

  isShared(item: string): boolean {
    return this.list().some(({ id, type }) => id === item && type === SHARED_TYPE);
  }

  /** The wallet as it lies there, closed. */
  shared(item: string, action: SecretUseAction = 'check'): Promise<SharedWallet> {
    return this.#deps.holdings().use(item, action, (text) => readShared(text.toString('utf8')));
  }

  readonly use: Held['use'] = async (id, action, read) => {
    if (!this.isShared(id)) return this.#deps.holdings().use(id, action, read);
    const { part } = this.#granted(id, action);
    const secret = await this.#open(id, action, part);
    try {
      return await read(secret);
    } finally {
      secret.fill(0);
    }
  };

  /** @throws CustodyError `second-needed` */
  #granted(id: string, action: SecretUseAction): Grant {
    const grant = this.#grants.get(keyOf(id, action))?.grant;
    if (!grant) throw needed();
    if (grant.until > this.#deps.now().getTime()) return grant;
    this.end(grant);
    throw needed();
  }

  /** The key as the vault would hold that of one person; the caller wipes it. */
  async #open(id: string, action: SecretUseAction, second: Buffer): Promise<Buffer> {
    const shared = await this.shared(id, action);
    const first = await this.#deps.ownPart(shared);
    try {
      const seed = joinParts(shared, first, second);
      try {
        return Buffer.from(writeKey(seed, 'phantom'), 'utf8');
      } finally {
        seed.fill(0);
      }
    } finally {
      first.fill(0);
    }
  }

  /** Wiped when its time is over, whether it is looked at then or not; a clock that was set back gives it no more time. */
  grant(grant: Grant): void {
    const key = keyOf(grant.item, actionFor(grant.deed));
    this.#wipe(key);
    const timer = setTimeout(() => this.end(grant), grant.until - this.#deps.now().getTime()).unref();
    this.#grants.set(key, { grant, timer });
  }

  /** @param only what has been given in its place stays; null: all of them */
  end(only: Grant | null = null): void {
    for (const [key, { grant }] of [...this.#grants]) if (only === null || grant === only) this.#wipe(key);
  }

  #wipe(key: string): void {
    const held = this.#grants.get(key);
    if (!held) return;
    clearTimeout(held.timer);
    held.grant.part.fill(0);
    this.#grants.delete(key);
  }

  /** Whether exactly this was approved and still is. @throws CustodyError `second-needed` */
  async requireGranted(item: string, deed: Deed): Promise<void> {
    this.#granted(item, actionFor(deed));
    const { header } = await this.shared(item);
    // It may have ended meanwhile.
    const { deed: given } = this.#granted(item, actionFor(deed));
    if (deedDigest(header, given) !== deedDigest(header, deed)) throw needed();
  }
}

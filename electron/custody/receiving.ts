import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { thumbprint } from '../../shared/http/sign.ts';
import type { Holdings } from '../vault/holdings.ts';
import { CustodyError } from './custody-error.ts';
import { walletSecret } from './import-file.ts';
import { readKey } from './key-formats.ts';
import { openPackage, type PackageExpectation, parsePackage } from './sealed-package.ts';
import { identityOf, publicKeyOf, type WalletIdentity } from './wallet-key.ts';

const TYPE = 'receiving-key';
const FILE = 'received.txt';
const DIGEST = /^[A-Za-z0-9_-]{43}$/;

/** What the recipient was told by another way than the package came. */
export interface Told {
  readonly ceremony: string;
  /** Raw Ed25519 public key of the custodian who sealed it, base64url. */
  readonly custodian: string;
}

/** A package as a person decides on it: who sealed it, for what, and what is in it. The key itself stays sealed. */
export interface Inspected extends WalletIdentity {
  readonly ceremony: string;
  /** Thumbprint of the custodian's key. */
  readonly signer: string;
}

interface Deps {
  /** Of the custodian's journals. */
  readonly folder: string;
  readonly holdings: () => Pick<Holdings, 'list' | 'add' | 'use'>;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Packages that others sealed for this vault: opened once, each only as it was announced. */
export class Receiving {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  #key(): string | undefined {
    return this.#deps
      .holdings()
      .list()
      .find(({ type }) => type === TYPE)?.id;
  }

  /** Who packages for this vault are sealed to; its key is made when it is first asked for. */
  async recipient(): Promise<string> {
    if (!this.#key()) {
      const secret = Buffer.from(await generateX25519Identity(), 'utf8');
      const item = { type: TYPE, label: 'Key for sealed packages', canary: false, secret } as const;
      await this.#deps
        .holdings()
        .add([item])
        .finally(() => secret.fill(0));
    }
    return this.withIdentity('check', (identity) => identityToRecipient(identity));
  }

  /** The key that opens what was encrypted to this vault, for as long as `use` takes. */
  withIdentity<T>(why: 'check' | 'import' | 'approve', use: (identity: string) => Promise<T>): Promise<T> {
    return this.#deps.holdings().use(this.#key() ?? '', why, (secret) => use(secret.toString('utf8')));
  }

  /** Opens the package and calls `use` with what is in it, which is wiped. */
  async #open<T>(
    why: 'check' | 'import',
    text: string,
    told: Told,
    use: (content: string) => Promise<T>,
  ): Promise<T> {
    const received = await this.#received();
    const expected: PackageExpectation = {
      ceremony: told.ceremony.trim(),
      recipient: await this.recipient(),
      custodians: custodiansOf(told.custodian.trim()),
      wasImported: (digest) => received.has(digest),
    };
    const content = await this.withIdentity(why, (identity) => openPackage(text, identity, expected));
    try {
      return await use(Buffer.from(content).toString('utf8'));
    } finally {
      content.fill(0);
    }
  }

  /** @throws CustodyError `package-…`, `key-…` */
  inspect(text: string, told: Told): Promise<Inspected> {
    const { ceremony, signer } = parsePackage(text);
    return this.#open('check', text, told, async (content) => {
      const seed = readKey(content);
      try {
        return { ceremony, signer, ...identityOf(publicKeyOf(seed)) };
      } finally {
        seed.fill(0);
      }
    });
  }

  /** Puts the wallet into the vault and remembers the package. @throws CustodyError, VaultError */
  async accept(text: string, told: Told): Promise<void> {
    const { digest, ceremony } = parsePackage(text);
    const label = `Received ${ceremony}`;
    // A crash between the vault and the list of packages must not bring the wallet in twice.
    const isThere = () =>
      this.#deps
        .holdings()
        .list()
        .some((item) => item.label === label);
    await this.#open('import', text, told, async (content) => {
      const secret = walletSecret(content);
      const item = { type: 'wallet-key', label, canary: false, secret } as const;
      if (!isThere())
        await this.#deps
          .holdings()
          .add([item])
          .finally(() => secret.fill(0));
    });
    await this.#remember(digest);
  }

  async #received(): Promise<ReadonlySet<string>> {
    const text = await readFile(join(this.#deps.folder, FILE), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw unavailable(error);
      },
    );
    return new Set(text.split('\n').filter((line) => DIGEST.test(line)));
  }

  async #remember(digest: string): Promise<void> {
    try {
      await mkdir(this.#deps.folder, { recursive: true, mode: 0o700 });
      const handle = await open(join(this.#deps.folder, FILE), 'a', 0o600);
      try {
        // A line that a crash cut off is ended first, so that it spoils no other.
        await handle.writeFile(`\n${digest}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

const unavailable = (cause: unknown): CustodyError =>
  new CustodyError(
    'journal-unavailable',
    'The list of packages that were received cannot be read or written. Restore the folder’s rights; then open it again.',
    { cause },
  );

/** The one custodian that was announced. What is no key trusts nobody. */
function custodiansOf(publicKey: string): ReadonlyMap<string, string> {
  const isKey = DIGEST.test(publicKey) && Buffer.from(publicKey, 'base64url').length === 32;
  return isKey ? new Map([[thumbprint(publicKey, sha256), publicKey]]) : new Map();
}

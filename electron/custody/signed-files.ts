import { createPublicKey, verify } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import type { z } from 'zod';
import type { SigningHandle } from '../vault/items.ts';

interface Signed {
  readonly signer: string;
  readonly publicKey: string;
  readonly signature: string;
}

interface Kind<T> {
  /** No line of a journal and no record of another kind can be made from what is signed under it. */
  readonly domain: string;
  readonly file: RegExp;
  readonly schema: z.ZodType<T>;
}

interface Place {
  /** Of the custodian's journals; made when it is missing. */
  readonly folder: string;
  readonly custodian: Pick<SigningHandle, 'keyId' | 'publicKey' | 'sign'>;
}

/** What whoever keeps signed records there needs. */
export interface Keeping extends Place {
  readonly now: () => Date;
}

export const textOf = (made: unknown): string => `${JSON.stringify(made, null, 2)}\n`;

/** Records beside the journals, a file each, that count only as this custodian signed them. */
export class SignedFiles<T extends Signed> {
  readonly #place: Place;
  readonly #kind: Kind<T>;

  constructor(place: Place, kind: Kind<T>) {
    this.#place = place;
    this.#kind = kind;
  }

  #bytes({ signature: _, ...signed }: T): Buffer {
    return Buffer.from(canonicalize([this.#kind.domain, signed]) ?? '');
  }

  #isOurs(made: T): boolean {
    const { keyId, publicKey } = this.#place.custodian;
    if (made.signer !== keyId || made.publicKey !== publicKey) return false;
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, this.#bytes(made), key, Buffer.from(made.signature, 'base64url'));
  }

  /** In no order; what is not signed by this custodian is not one. */
  async all(): Promise<T[]> {
    const { folder } = this.#place;
    const names = await readdir(folder).catch(() => []);
    const found: T[] = [];
    for (const name of names.filter((one) => this.#kind.file.test(one))) {
      const made = await readFile(join(folder, name), 'utf8').then(
        (text) => this.#kind.schema.safeParse(parsed(text)).data,
        () => undefined,
      );
      if (made && this.#isOurs(made)) found.push(made);
    }
    return found;
  }

  /** @param make the record, but for who signs it */
  sign(make: (signer: Omit<Signed, 'signature'>) => Omit<T, 'signature'>): T {
    const { keyId: signer, publicKey } = this.#place.custodian;
    const made = { ...make({ signer, publicKey }), signature: '' } as T;
    const signature = this.#place.custodian.sign(this.#bytes(made)).toString('base64url');
    return { ...made, signature };
  }

  /** On the disk when it returns, and never over another one. */
  async keep(name: string, signed: T): Promise<void> {
    await mkdir(this.#place.folder, { recursive: true, mode: 0o700 });
    const handle = await open(join(this.#place.folder, name), 'wx', 0o600);
    try {
      await handle.writeFile(textOf(signed));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

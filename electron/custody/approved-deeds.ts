import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SigningHandle } from '../vault/items.ts';
import { CustodyError } from './custody-error.ts';
import { deed } from './deed.ts';
import { openLines, type SignedLines } from './journal.ts';
import { nonceText } from './second-files.ts';

const NAME = 'approved-deeds.jsonl';

/** One deed with the key of a wallet of two persons. No field can hold a secret. */
const approvedDeed = z.strictObject({
  /** Address of the wallet. */
  wallet: z.string().max(44),
  deed,
  /** Of the deed, the wallet and its persons. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  nonce: nonceText,
  /** Thumbprint of the second operator's key, and the name that the wallet was made with. */
  by: z.string().max(64),
  name: z.string().max(64),
});
export type ApprovedDeed = z.infer<typeof approvedDeed>;

const KIND = {
  ...{ domain: 'sallyport/approved-deed/v1', record: approvedDeed },
  apply: (before: number | null): number => (before ?? 0) + 1,
  damaged: (what: string): string =>
    `The journal of what second operators approved is damaged: ${what}. Restore it from a copy; no wallet of two persons opens before.`,
};

interface Deps {
  /** Of the custodian's journals; made when it is missing. */
  readonly folder: string;
  readonly custodian: Pick<SigningHandle, 'keyId' | 'publicKey' | 'sign'>;
  readonly now: () => Date;
}

/** Every approval that this console took, signed and in order, beside the journals of rotations: most deeds belong to none. */
export class ApprovedDeeds {
  readonly #deps: Deps;
  #opened: Promise<SignedLines<number, ApprovedDeed>> | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** On the disk when it returns. @throws CustodyError `ceremony-damaged`, `journal-unavailable` */
  async append(approved: ApprovedDeed): Promise<void> {
    try {
      this.#opened ??= this.#open();
      await (await this.#opened).append(approved);
    } catch (cause) {
      this.#opened = null;
      if (cause instanceof CustodyError) throw cause;
      throw new CustodyError(
        'journal-unavailable',
        'What the second operator approved cannot be written down. Free some space or restore the folder’s rights; nothing was opened.',
        { cause },
      );
    }
  }

  async #open(): Promise<SignedLines<number, ApprovedDeed>> {
    const { folder, ...deps } = this.#deps;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return openLines(join(folder, NAME), KIND, deps);
  }
}

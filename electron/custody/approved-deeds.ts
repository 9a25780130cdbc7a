import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CustodyError } from './custody-error.ts';
import { deed } from './deed.ts';
import { type Anchor, judgeText, type Kind, openLines, readText, type SignedLines } from './journal.ts';
import { nonceText } from './second-files.ts';
import type { Keeping } from './signed-files.ts';

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

/** What they amount to is the last one. */
const KIND: Kind<ApprovedDeed, ApprovedDeed> = {
  ...{ domain: 'sallyport/approved-deed/v1', record: approvedDeed },
  apply: (_before, approved) => approved,
  damaged: (what) =>
    `The journal of what second operators approved is damaged: ${what}. Restore it from a copy; no wallet of two persons opens before.`,
  larger: 'it is far larger than what this vault remembers of it',
};

/** The journal as a person looks at it. */
export interface ApprovedSoFar {
  /** Oldest first, up to the first line that is bad. */
  readonly deeds: readonly { readonly at: string; readonly record: ApprovedDeed }[];
  /** Null while it is whole. */
  readonly trouble: CustodyError | null;
}

/**
 * Every approval that this console took, signed and in order, beside the journals of rotations: most deeds belong to none. Whoever has
 * the disk can cut lines off its end, so the vault remembers how far it had come.
 */
export class ApprovedDeeds {
  readonly #deps: Keeping;
  #writing: Promise<unknown> = Promise.resolve();
  /** The text that was judged last: whoever looks every two seconds does not have each line's signature checked again. */
  #seen: { readonly text: string; readonly head: string; readonly found: ApprovedSoFar } | null = null;

  constructor(deps: Keeping) {
    this.#deps = deps;
  }

  get #path(): string {
    return join(this.#deps.folder, NAME);
  }

  /**
   * On the disk when it returns. It is read anew each time: what became of the file since the last approval is seen before the next.
   * @param anchor how far the vault says that it came
   * @returns how far it has come now, for the vault to remember before anything opens
   * @throws CustodyError `ceremony-damaged`, `journal-unavailable`
   */
  append(approved: ApprovedDeed, anchor: Anchor): Promise<Anchor> {
    const written = this.#writing.then(() => this.#append(approved, anchor));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #append(approved: ApprovedDeed, anchor: Anchor): Promise<Anchor> {
    try {
      const journal = await this.#open(anchor);
      // It was written, and the vault could not remember it then: nothing has opened with it, and it is the same approval.
      const isThere = journal.anchor().lines > anchor.lines && journal.state()?.nonce === approved.nonce;
      if (!isThere) await journal.append(approved);
      return journal.anchor();
    } catch (cause) {
      if (cause instanceof CustodyError) throw cause;
      throw new CustodyError(
        'journal-unavailable',
        'What the second operator approved cannot be written down. Free some space or restore the folder’s rights; nothing was opened.',
        { cause },
      );
    }
  }

  async #open(anchor: Anchor): Promise<SignedLines<ApprovedDeed, ApprovedDeed>> {
    const { folder, ...deps } = this.#deps;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return openLines(this.#path, KIND, { ...deps, anchor });
  }

  /** The file as it is, for a copy of it. @throws CustodyError `ceremony-damaged`, `journal-unavailable` */
  async text(anchor: Anchor): Promise<string> {
    try {
      return await readText(this.#path, KIND, anchor);
    } catch (cause) {
      if (cause instanceof CustodyError) throw cause;
      throw new CustodyError(
        'journal-unavailable',
        'The journal of what second operators approved cannot be read. Restore the folder’s rights.',
        { cause },
      );
    }
  }

  /** @throws CustodyError `ceremony-damaged`, `journal-unavailable` when it is not read at all */
  async soFar(anchor: Anchor): Promise<ApprovedSoFar> {
    const text = await this.text(anchor);
    if (this.#seen?.text !== text || this.#seen.head !== anchor.head) {
      const { entries: deeds, trouble } = judgeText(KIND, text, { ...this.#deps, anchor });
      this.#seen = { text, head: anchor.head, found: { deeds, trouble } };
    }
    return this.#seen.found;
  }
}

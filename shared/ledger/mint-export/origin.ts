import type { OpenedEntry } from '../bundle/format.ts';
import type { ExportReport } from './verify.ts';

/** A bundle may be filtered, or of other numbers: what is not in it may well be in the log. */
const lacks = (what: string, kind: string): string =>
  `this bundle has no entry that ${what}: export one that has its ${kind}, or the log does not tell it`;

/** The entries of a log that concern one export: the job's completion, the export's own, and each token's that replaces another. */
export class OriginEvidence {
  readonly #jobId: string;
  readonly #exportId: string;
  readonly #replacements: ReadonlyMap<string, string>;
  /** Leaves of the tokens that were made in place of others, by serial; null where an older entry does not tell it. */
  readonly #reissued = new Map<string, string | null>();
  #job: OpenedEntry | undefined;
  #export: OpenedEntry | undefined;

  /** @param replacements leaves of the file's tokens that replace others, by their serials */
  constructor(
    { jobId, exportId }: NonNullable<ExportReport['manifest']>,
    replacements: ReadonlyMap<string, string>,
  ) {
    this.#jobId = jobId;
    this.#exportId = exportId;
    this.#replacements = replacements;
  }

  /** Takes an entry that was verified. */
  note(entry: OpenedEntry): void {
    if (entry.kind === 'mint.job-completed' && entry.data.jobId === this.#jobId) this.#job = entry;
    if (entry.kind === 'mint.export-completed' && entry.data.exportId === this.#exportId)
      this.#export = entry;
    if (entry.kind === 'mint.token-reissued' && entry.data.jobId === this.#jobId)
      this.#reissued.set(String(entry.data.serial), leafOf(entry));
  }

  /**
   * Whether the log says that this job has this root and this many tokens, that it was told of each replacement, and that this
   * export is these bytes: the first two prove the set, the last what stands beside it, the codes.
   * @returns null when it does, or what is wrong
   */
  complaint({ manifest, sha256 }: ExportReport): string | null {
    if (!manifest || sha256 === null) return 'the file was not read to its end';
    if (!this.#job) return lacks(`job ${this.#jobId} was completed`, 'mint.job-completed');
    const { root, quantity } = this.#job.data;
    if (root !== manifest.root || quantity !== manifest.count)
      return 'the root or the number of tokens is not the one of the log';
    const replaced = this.#replacementComplaint();
    if (replaced !== null) return replaced;
    if (!this.#export) return lacks(`export ${this.#exportId} was made`, 'mint.export-completed');
    return this.#export.data.sha256 === sha256 ? null : 'the file is not the one that the log says was made';
  }

  #replacementComplaint(): string | null {
    for (const [serial, leaf] of this.#replacements) {
      const told = this.#reissued.get(serial);
      if (told === undefined)
        return lacks(`${JSON.stringify(serial)} was made in place of another`, 'mint.token-reissued');
      if (told !== null && told !== leaf)
        return `the token ${JSON.stringify(serial)} is not the one that the log says was made`;
    }
    return null;
  }
}

const leafOf = ({ data }: OpenedEntry): string | null => (typeof data.leaf === 'string' ? data.leaf : null);

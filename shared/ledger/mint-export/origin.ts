import type { OpenedEntry } from '../bundle/format.ts';
import type { ExportReport } from './verify.ts';

/** The entries of a log that concern one export: the job's completion and the export's own. */
export class OriginEvidence {
  readonly #jobId: string;
  readonly #exportId: string;
  #job: OpenedEntry | undefined;
  #export: OpenedEntry | undefined;

  constructor({ jobId, exportId }: NonNullable<ExportReport['manifest']>) {
    this.#jobId = jobId;
    this.#exportId = exportId;
  }

  /** Takes an entry that was verified. */
  note(entry: OpenedEntry): void {
    if (entry.kind === 'mint.job-completed' && entry.data.jobId === this.#jobId) this.#job = entry;
    if (entry.kind === 'mint.export-completed' && entry.data.exportId === this.#exportId)
      this.#export = entry;
  }

  /**
   * Whether the log says that this job has this root and this many tokens, and that this export is these bytes: the first
   * proves the set, the second what stands beside it, the codes.
   * @returns null when it does, or what is wrong
   */
  complaint({ manifest, sha256 }: ExportReport): string | null {
    if (!manifest || sha256 === null) return 'the file was not read to its end';
    if (!this.#job) return `the log has no entry that job ${this.#jobId} was completed`;
    const { root, quantity } = this.#job.data;
    if (root !== manifest.root || quantity !== manifest.count)
      return 'the root or the number of tokens is not the one of the log';
    if (!this.#export) return `the log has no entry that export ${this.#exportId} was made`;
    return this.#export.data.sha256 === sha256 ? null : 'the file is not the one that the log says was made';
  }
}

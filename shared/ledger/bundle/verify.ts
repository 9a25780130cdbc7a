import { hex } from '@scure/base';
import { EvidenceError } from '../evidence-error.ts';
import { verifyConsistency } from '../proofs.ts';
import { type EvidenceCrypto, type JudgedCheckpoint, judgeCheckpoint, type TrustFile } from '../trust.ts';
import { LineCutter } from './bytes.ts';
import type { Manifest, OpenedEntry } from './format.ts';
import { ending, manifest as manifestSchema } from './format.ts';
import { BundleProblem, type ProblemCode } from './problem.ts';
import { readJsonLine } from './read-line.ts';
import { TileWalk } from './walk.ts';

export interface VerifyOptions {
  readonly crypto: EvidenceCrypto;
  /** What is pinned; without it a bundle can be consistent, and whose it is stays open. */
  readonly trust: TrustFile | null;
  /** Whether to open the commitments: without it only the tree is verified, and not what the entries say. */
  readonly open: boolean;
  /** Told of every entry whose commitments were opened. */
  readonly onEntry?: (entry: OpenedEntry) => void;
  /** An older head that this log must continue. */
  readonly older?: { readonly size: number; readonly root: Uint8Array };
  /** Called now and then. */
  readonly onProgress?: (progress: {
    readonly bytes: number;
    readonly numbers: number;
    readonly of: number;
  }) => void;
  /** Asked now and then; `true` ends the work. */
  readonly cancelled?: () => boolean;
}

export interface VerifyReport {
  /** `verified`: by what is pinned. `consistent`: with itself, origin unverified. */
  readonly verdict: 'verified' | 'consistent' | 'refused' | 'cancelled';
  readonly problem: { readonly code: ProblemCode; readonly number: number; readonly message: string } | null;
  readonly origin: string | null;
  readonly size: number | null;
  /** Root in hex. */
  readonly root: string | null;
  readonly range: { readonly first: number; readonly end: number } | null;
  readonly filter: Readonly<Record<string, string>>;
  /** Entries shown, and fields of them that are withheld. */
  readonly entries: number;
  readonly withheld: number;
  readonly complete: boolean;
  /** Pinned witnesses of the checkpoint, or of the witnessed head that it continues. */
  readonly witnesses: readonly string[];
}

/** A verification in progress. Push the bytes of the bundle in order, then finish. Its memory does not grow with them. */
export class BundleVerifier {
  readonly #options: VerifyOptions;
  readonly #lines = new LineCutter();
  #manifest: Manifest | undefined;
  #manifestHash = '';
  #judged: JudgedCheckpoint | undefined;
  #witnesses: readonly string[] = [];
  #walk: TileWalk | undefined;
  #ended = false;
  bytes = 0;

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  get numbers(): { readonly done: number; readonly of: number } {
    const { first = 0, end = 0 } = this.#manifest ?? {};
    return { done: (this.#walk?.next ?? first) - first, of: end - first };
  }

  /** @throws BundleProblem at the first line that is not as it must be */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    try {
      for (const line of this.#lines.cut(chunk)) this.#line(line);
    } catch (error) {
      if (error instanceof RangeError)
        throw new BundleProblem('format', this.#at, 'a line is too long', { cause: error });
      throw error;
    }
  }

  /** @throws BundleProblem when something is missing */
  finish(): VerifyReport {
    if (!this.#ended || this.#lines.rest.length > 0)
      throw new BundleProblem('truncated', this.#at, 'the bundle ends too early');
    return this.report(this.#options.trust ? 'verified' : 'consistent', null);
  }

  report(verdict: VerifyReport['verdict'], problem: VerifyReport['problem']): VerifyReport {
    const { first, end, filter = {}, complete = false } = this.#manifest ?? {};
    const { origin = null, size = null, root } = this.#judged?.checkpoint ?? {};
    return {
      ...{ verdict, problem, origin, size, filter, complete },
      root: root ? hex.encode(root) : null,
      range: first === undefined || end === undefined ? null : { first, end },
      entries: this.#walk?.entries ?? 0,
      withheld: this.#walk?.withheld ?? 0,
      witnesses: this.#witnesses,
    };
  }

  get #at(): number {
    return this.#walk?.next ?? this.#manifest?.first ?? 0;
  }

  #line(line: Uint8Array): void {
    if (this.#ended) throw new BundleProblem('trailing', this.#at, 'the bundle goes on after its end');
    if (!this.#walk) this.#begin(line);
    else if (this.#walk.done) this.#end(line, this.#walk);
    else this.#walk.take(line);
  }

  #begin(line: Uint8Array): void {
    const { crypto, trust, open, onEntry, older } = this.#options;
    const manifest = readJsonLine(line, manifestSchema, 0);
    this.#manifest = manifest;
    this.#manifestHash = hex.encode(crypto.sha256(line));
    const judged = this.#judge(manifest.checkpoint, trust ?? manifest.trust, manifest);
    const { size } = judged.checkpoint;
    this.#judged = judged;
    this.#witnesses = judged.witnesses;
    if (manifest.witnessed)
      this.#continueWitnessed(manifest.witnessed, judged, trust ?? manifest.trust, manifest);
    const { first, end } = manifest;
    const whole = first % 256 === 0 && (end % 256 === 0 || end === size);
    if (!whole || first > end || end > size)
      throw new BundleProblem('format', first, 'the range is not one of the log');
    if (older && older.size > 0 && (first !== 0 || end < older.size))
      throw new BundleProblem('inconsistent', first, 'the bundle does not hold the beginning of the log');
    this.#walk = new TileWalk({
      sha256: crypto.sha256,
      manifest,
      head: judged.checkpoint,
      open,
      onEntry,
      older,
    });
  }

  #judge(note: string, trust: TrustFile, { first }: Manifest): JudgedCheckpoint {
    try {
      const judged = judgeCheckpoint(this.#options.crypto, note, trust);
      if (judged.problem === null) return judged;
      throw new BundleProblem('origin', first, judged.problem);
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      throw new BundleProblem('origin', first, error.message, { cause: error });
    }
  }

  #continueWitnessed(
    { checkpoint, proof }: NonNullable<Manifest['witnessed']>,
    { checkpoint: head }: JudgedCheckpoint,
    trust: TrustFile,
    manifest: Manifest,
  ): void {
    const { checkpoint: seen, witnesses } = this.#judge(checkpoint, trust, manifest);
    const hashes = proof.map((hash) => hex.decode(hash));
    const continues =
      seen.origin === head.origin && verifyConsistency(this.#options.crypto.sha256, seen, head, hashes);
    if (!continues)
      throw new BundleProblem(
        'witness',
        manifest.first,
        'the log does not continue the head that was witnessed',
      );
    this.#witnesses = [...new Set([...this.#witnesses, ...witnesses])];
  }

  #end(line: Uint8Array, walk: TileWalk): void {
    walk.refuseStray(line);
    const { end } = readJsonLine(line, ending, walk.next);
    if (end.entries !== walk.entries || end.tiles !== walk.tiles || end.manifest !== this.#manifestHash)
      throw new BundleProblem('format', walk.next, 'the end does not say what the bundle held');
    this.#ended = true;
  }
}

/**
 * Verifies a bundle as it streams by.
 * @param chunks of any size
 */
export async function verifyBundle(
  chunks: AsyncIterable<Uint8Array>,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const verifier = new BundleVerifier(options);
  try {
    for await (const chunk of chunks) {
      if (options.cancelled?.()) return verifier.report('cancelled', null);
      verifier.push(chunk);
      const { done, of } = verifier.numbers;
      options.onProgress?.({ bytes: verifier.bytes, numbers: done, of });
    }
    return verifier.finish();
  } catch (error) {
    if (!(error instanceof BundleProblem)) throw error;
    const { code, number, message } = error;
    return verifier.report('refused', { code, number, message });
  }
}

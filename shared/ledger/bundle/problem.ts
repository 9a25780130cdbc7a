/**
 * - `format`: not a bundle, or a line that is not as it is written
 * - `origin`: the checkpoint is not signed by what is pinned
 * - `witness`: the witnessed head is not a beginning of this log
 * - `tree`: hashes that do not lead to the checkpoint
 * - `leaf`: an entry whose leaf is not the one in the tree
 * - `opening`: what an entry says is not what was committed to
 * - `missing`, `duplicate`: an entry that should stand here does not, or stands here again
 * - `truncated`, `trailing`: the file ends too early or too late
 * - `inconsistent`: an older head is not a beginning of this log
 */
export type ProblemCode =
  | 'format'
  | 'origin'
  | 'witness'
  | 'tree'
  | 'leaf'
  | 'opening'
  | 'missing'
  | 'duplicate'
  | 'truncated'
  | 'trailing'
  | 'inconsistent';

/** Why a bundle is refused, and the first number of the log that is concerned. */
export class BundleProblem extends Error {
  override readonly name = 'BundleProblem';
  readonly code: ProblemCode;
  readonly number: number;

  constructor(code: ProblemCode, number: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.number = number;
  }
}

import type { VerifyReport } from '../../shared/ledger/bundle/verify.ts';

/** What one thread is started for. Paths come from main's own dialogs. */
export interface JudgeJob {
  /** A bundle or a checkpoint. */
  readonly file: string;
  readonly trust: string | null;
  /** An older bundle or checkpoint that the log must continue. */
  readonly older: string | null;
}

export type FromJudge =
  | { readonly type: 'progress'; readonly bytes: number; readonly numbers: number; readonly of: number }
  /** Two heads alone prove nothing of each other: only the log can say how one leads to the other. Answered by `ToJudge`. */
  | { readonly type: 'ask-proof'; readonly from: number; readonly to: number }
  | { readonly type: 'done'; readonly report: VerifyReport; readonly words: string }
  /** Nothing could be judged; a sentence for a person. */
  | { readonly type: 'unusable'; readonly message: string };

export interface ToJudge {
  /** Hashes in hex; null when nobody can be asked. */
  readonly proof: readonly string[] | null;
}

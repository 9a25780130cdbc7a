import type { Overlap } from '../../../shared/http/market-admin.ts';
import type { Tone } from '../../ui/state.tsx';

/** Decisions that a pair needs before its share of approvals says anything. */
export const ENOUGH = 3;
/** SPEC 16 alerts above this share of approvals. */
export const SUSPICIOUS = 0.8;

export interface Heat {
  readonly tone: Tone;
  readonly word: string;
}

/** How warm a pair is, in words as well as in colour. */
export function heatOf({ decisions, approvals, flagged }: Overlap): Heat {
  if (flagged) return { tone: 'absent', word: 'flagged' };
  if (decisions < ENOUGH) return { tone: 'idle', word: 'few' };
  return approvals / decisions > SUSPICIOUS
    ? { tone: 'bad', word: 'nearly always approves' }
    : { tone: 'ok', word: 'mixed' };
}

export interface HeatMap {
  readonly reviewers: readonly string[];
  readonly submitters: readonly string[];
  readonly at: (reviewer: string, submitter: string) => Overlap | undefined;
}

const busiest = (pairs: readonly Overlap[], of: 'reviewer' | 'submitter', most: number): string[] => {
  const sums = new Map<string, number>();
  for (const pair of pairs) sums.set(pair[of], (sums.get(pair[of]) ?? 0) + pair.decisions);
  return [...sums]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([id]) => id)
    .slice(0, most);
};

/** Reviewers by submitters, the busiest first, no more than a person can read. */
export function heatMap(pairs: readonly Overlap[], most = 12): HeatMap {
  const cells = new Map(pairs.map((pair) => [`${pair.reviewer} ${pair.submitter}`, pair]));
  return {
    reviewers: busiest(pairs, 'reviewer', most),
    submitters: busiest(pairs, 'submitter', most),
    at: (reviewer, submitter) => cells.get(`${reviewer} ${submitter}`),
  };
}

import type { LedgerHistogram } from '../../../shared/http/ledger-explore.ts';

/** Buckets that are chosen: where it began and where it is now. */
export interface Brush {
  readonly anchor: number;
  readonly to: number;
}

export const spanOf = ({ anchor, to }: Brush, count: number): { first: number; last: number } => ({
  first: Math.max(0, Math.min(anchor, to)),
  last: Math.min(count - 1, Math.max(anchor, to)),
});

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  PageUp: (at) => at - 10,
  PageDown: (at) => at + 10,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** What a key makes of a brush; undefined when it does not move one. The first key begins at the newest bucket. */
export function brushBy(brush: Brush | null, key: string, widen: boolean, count: number): Brush | undefined {
  const step = STEPS[key];
  if (!step) return undefined;
  const moved = brush === null && key.startsWith('Arrow') ? count - 1 : step(brush?.to ?? 0, count);
  const to = Math.min(count - 1, Math.max(0, moved));
  return { anchor: widen && brush ? brush.anchor : to, to };
}

/** The time that the chosen buckets cover, as the filter takes it: the end is outside. */
export function brushedRange(
  { buckets, widthSeconds }: LedgerHistogram,
  brush: Brush,
): { from: string; to: string } {
  const { first, last } = spanOf(brush, buckets.length);
  const end = Date.parse(buckets[last]?.at ?? '') + widthSeconds * 1000;
  return { from: buckets[first]?.at ?? '', to: new Date(end).toISOString() };
}

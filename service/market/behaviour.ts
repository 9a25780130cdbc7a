/** One thing that an agent did, from the ledger. */
export interface Deed {
  readonly kind: string;
  readonly at: Date;
}

/** What an agent is like: how often it does what, at which hours (UTC), and what it did last. */
export interface Behaviour {
  readonly actions: number;
  readonly kinds: ReadonlyMap<string, number>;
  readonly hours: ReadonlyMap<string, number>;
  readonly last: readonly string[];
}

/** SPEC: the last 20 actions. With fewer than that nothing can be said of anybody. */
export const LAST = 20;

const countBy = (keys: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

/** @param deeds the oldest first */
export const behaviourOf = (deeds: readonly Deed[]): Behaviour => ({
  actions: deeds.length,
  kinds: countBy(deeds.map(({ kind }) => kind)),
  hours: countBy(deeds.map(({ at }) => String(at.getUTCHours()))),
  last: deeds.slice(-LAST).map(({ kind }) => kind),
});

const length = (counts: ReadonlyMap<string, number>): number =>
  Math.sqrt([...counts.values()].reduce((sum, n) => sum + n * n, 0));

/** 1: the same proportions. 0: nothing in common. */
export function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const size = length(a) * length(b);
  if (size === 0) return 0;
  const dot = [...a].reduce((sum, [key, n]) => sum + n * (b.get(key) ?? 0), 0);
  return Math.min(1, dot / size);
}

/** Length of the longest common subsequence over the longer list: who does the same things in the same order is near 1. */
export function inStep(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  let row = new Array<number>(b.length + 1).fill(0);
  for (const left of a) {
    const next = [0];
    for (const [j, right] of b.entries())
      next.push(left === right ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return (row.at(-1) ?? 0) / Math.max(a.length, b.length);
}

export interface Likeness {
  /** The least of the three: alike means alike in all of them. */
  readonly score: number;
  readonly kinds: number;
  readonly hours: number;
  readonly order: number;
}

/** How alike two agents are, from 0 to 1; 0 where there is too little to tell. */
export function likeness(a: Behaviour, b: Behaviour): Likeness {
  if (a.actions < LAST || b.actions < LAST) return { score: 0, kinds: 0, hours: 0, order: 0 };
  const parts = {
    kinds: cosine(a.kinds, b.kinds),
    hours: cosine(a.hours, b.hours),
    order: inStep(a.last, b.last),
  };
  return { score: Math.min(parts.kinds, parts.hours, parts.order), ...parts };
}

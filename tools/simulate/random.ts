import { createHash } from 'node:crypto';

/** A repeatable source of choices. Never used for keys: those come from node:crypto. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer in [0, bound). */
  below(bound: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** Time until the next event of a Poisson process with this mean, in the unit of the mean. */
  wait(mean: number): number;
  bytes(length: number): Uint8Array;
}

/**
 * The generator sfc32 (Doty-Humphrey, PractRand), seeded with SHA-256 of a name, so that every part of a run draws from
 * a stream of its own and a change in one part does not shift the others.
 */
export function randomFrom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => digest.readInt32LE(at)) as [number, number, number, number];
  const word = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const next = () => word() / 2 ** 32;
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    next,
    below,
    pick: (list) => list[below(list.length)] ?? list[0],
    wait: (mean) => -Math.log(1 - next()) * mean,
    bytes: (length) => Uint8Array.from({ length }, () => word() & 0xff),
  };
}

import type { BoundaryId, TileId } from './tiles.ts';

export interface Control {
  readonly boundary: BoundaryId;
  /** What it enforces, as one clause that is true while it holds. */
  readonly enforces: string;
  /** Negative probes that try to break it; at least one. */
  readonly probes: Readonly<Record<string, string>>;
  /** What turns red when it is lost: exactly these. */
  readonly tiles: readonly TileId[];
  /** Requirements of OWASP ASVS 4.0.3 that it serves. */
  readonly asvs: readonly `v4.0.3-${number}.${number}.${number}`[];
}

/** Keeps the literal ids of a table of controls while checking its shape. */
export const defineControls = <const T extends Readonly<Record<string, Control>>>(table: T): T => table;

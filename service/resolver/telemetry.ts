import type { DeviceClass, Region } from '../../shared/http/scans.ts';
import type { SaltedRow } from '../ledger/seal.ts';

/** One scan as it is kept. There is no address, no agent and no code in it. */
export interface Scan {
  readonly token: string;
  readonly hour: Date;
  /** /24 or /48. */
  readonly network: string;
  readonly region: Region;
  readonly device: DeviceClass;
}

/** What was no scan of a person: how often, and nothing else. */
export interface PassedBy {
  readonly brand: string;
  readonly hour: Date;
  readonly kind: 'bot' | 'preview';
  readonly count: number;
}

/** What is written at once, sealed before the first try: tried again, it is the same entry, which the database takes once. */
export interface Batch {
  readonly scans: readonly Scan[];
  readonly passed: readonly PassedBy[];
  readonly entry: SaltedRow;
}

export interface TelemetryDeps {
  /** The entry that tells how many there are. */
  seal(counts: { scans: number; bots: number; previews: number }): SaltedRow;
  record(batch: Batch): Promise<void>;
  /** Whether a failure passes by itself, so that what was not written is tried again. */
  mayComeBack(error: unknown): boolean;
  readonly log: { warn(fields: object, message: string): void };
}

/** A write well below the statement's time limit. */
const TOGETHER = 4_000;
/** While the database is away: about 10 MB. What comes then is served all the same, and not counted. */
const WAITING = 40_000;
const COUNTS_WAITING = 4_000;

const sumOf = (passed: readonly PassedBy[], kind: PassedBy['kind']): number =>
  passed.reduce((sum, one) => (one.kind === kind ? sum + one.count : sum), 0);

/**
 * Scans wait here for a second, then go together with one ledger entry: however often strangers scan, the log grows by an entry a
 * second, or by one for every few thousand scans. An answer never waits for it. A crash loses that second of counting, and
 * never an activation, which is written before it is answered.
 */
export class Telemetry {
  readonly #deps: TelemetryDeps;
  #scans: Scan[] = [];
  #passed = new Map<string, PassedBy>();
  #dropped = 0;
  /** It may have been written, although we were not told so. */
  #unsure: Batch | null = null;
  #flushing: Promise<void> | null = null;

  constructor(deps: TelemetryDeps) {
    this.#deps = deps;
  }

  note(scan: Scan): void {
    if (this.#scans.length < WAITING) this.#scans.push(scan);
    else this.#dropped += 1;
  }

  pass(kind: PassedBy['kind'], brand: string, hour: Date): void {
    const key = `${brand}/${kind}/${hour.getTime()}`;
    const known = this.#passed.get(key);
    if (known === undefined && this.#passed.size >= COUNTS_WAITING) this.#dropped += 1;
    else this.#passed.set(key, { brand, kind, hour, count: (known?.count ?? 0) + 1 });
  }

  /** Writes what waits; never rejects. */
  flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async #writeAll(): Promise<void> {
    if (this.#dropped > 0) this.#deps.log.warn({ dropped: this.#dropped }, 'scans were not counted');
    this.#dropped = 0;
    for (let batch = this.#next(); batch !== null; batch = this.#next()) {
      this.#unsure = batch;
      if (!(await this.#write(batch))) return;
      this.#unsure = null;
    }
  }

  #next(): Batch | null {
    if (this.#unsure !== null) return this.#unsure;
    if (this.#scans.length === 0 && this.#passed.size === 0) return null;
    const scans = this.#scans.splice(0, TOGETHER);
    const passed = [...this.#passed.values()];
    this.#passed.clear();
    const counts = { scans: scans.length, bots: sumOf(passed, 'bot'), previews: sumOf(passed, 'preview') };
    return { scans, passed, entry: this.#deps.seal(counts) };
  }

  /** @returns whether this batch is done with */
  async #write(batch: Batch): Promise<boolean> {
    try {
      await this.#deps.record(batch);
      return true;
    } catch (error) {
      const again = this.#deps.mayComeBack(error);
      this.#deps.log.warn({ err: error, scans: batch.scans.length, again }, 'scans could not be written');
      return !again;
    }
  }
}

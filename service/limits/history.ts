import type { LimitsState } from '../../shared/http/limits.ts';

export const BUCKET_SECONDS = 5;
/** Ten minutes: long enough to see an attack begin, short enough to send with every poll. */
const BUCKETS = 120;

interface Bucket {
  slot: number;
  allowed: number;
  refused: number;
}

/** Allowed and refused requests of the last ten minutes, in buckets aligned to the wall clock. */
export class LimitHistory {
  readonly #buckets = new Map<number, Bucket>();
  #allowed = 0;
  #refused = 0;

  record(allowed: boolean, now: Date): void {
    const bucket = this.#bucketAt(slotOf(now));
    if (allowed) {
      bucket.allowed += 1;
      this.#allowed += 1;
    } else {
      bucket.refused += 1;
      this.#refused += 1;
    }
  }

  /** A request that one rule let pass, and that is recorded so, is refused by the next. */
  refuseAfterAll(now: Date): void {
    const slot = slotOf(now);
    // The first rule may have been asked in the bucket before.
    const passed = [slot, slot - 1].map((n) => this.#buckets.get(n)).find((b) => b && b.allowed > 0);
    if (passed) {
      passed.allowed -= 1;
      this.#allowed -= 1;
    }
    this.record(false, now);
  }

  #bucketAt(slot: number): Bucket {
    const known = this.#buckets.get(slot);
    if (known) return known;
    const made = { slot, allowed: 0, refused: 0 };
    this.#buckets.set(slot, made);
    for (const old of this.#buckets.keys())
      if (old <= slot - BUCKETS || old > slot) this.#buckets.delete(old);
    return made;
  }

  /** Every bucket up to now, oldest first; a quiet one is there as zero, so that a gap is never drawn as a line. */
  buckets(now: Date): LimitsState['history'] {
    const last = slotOf(now);
    return Array.from({ length: BUCKETS }, (_, i) => {
      const slot = last - BUCKETS + 1 + i;
      const { allowed = 0, refused = 0 } = this.#buckets.get(slot) ?? {};
      return { at: new Date(slot * BUCKET_SECONDS * 1000).toISOString(), allowed, refused };
    });
  }

  totals(): { allowed: number; refused: number } {
    return { allowed: this.#allowed, refused: this.#refused };
  }
}

const slotOf = (now: Date): number => Math.floor(now.getTime() / 1000 / BUCKET_SECONDS);

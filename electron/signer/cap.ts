/**
 * How many routine signatures one unlock may give in a minute. Nobody sees a card for them, so a screen that has been taken
 * over must not be able to send them by the thousand.
 */
export const ROUTINE_PER_MINUTE = 30;
const WINDOW_MS = 60_000;

/** An exact sliding window over the last minute. */
export class RateCap {
  readonly #limit: number;
  #times: number[] = [];

  constructor(limit: number = ROUTINE_PER_MINUTE) {
    this.#limit = limit;
  }

  /** Takes one of the minute's places, or answers false. */
  take(nowMs: number): boolean {
    // A clock set back must free no place.
    this.#times = this.#times.filter((time) => time > nowMs - WINDOW_MS);
    if (this.#times.length >= this.#limit) return false;
    this.#times.push(nowMs);
    return true;
  }
}

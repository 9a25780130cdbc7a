/** One finished exchange, as far as the boundary of clients cares. */
export interface Exchanged {
  /** Null for a stream, whose length says nothing about how fast anything was answered. */
  readonly milliseconds: number | null;
  readonly error: string | null;
  readonly status: number;
}

export interface TrafficCounters {
  /** Since the start. */
  readonly requests: number;
  readonly refusedCredentials: number;
  readonly refusedLimits: number;
  readonly failures: number;
  /** Over the last minute. */
  readonly perSecond: number;
  readonly refusedShare: number;
  readonly failuresLastMinute: number;
  readonly p95Ms: number;
}

const WINDOW_MS = 60_000;

/** Exchanges of the last minute that are kept for the percentile; beyond it the newest replace the oldest. */
const SAMPLE = 4_096;

interface Sample {
  readonly at: number;
  readonly milliseconds: number | null;
  readonly refused: boolean;
  readonly failed: boolean;
}

const isCredentialRefusal = ({ status, error }: Exchanged) => status === 401 || error === 'wrong_family';

/** Counts what crosses the boundary of clients. Bounded: totals, and a ring of recent exchanges. */
export class Traffic {
  readonly #ring: Sample[] = [];
  #next = 0;
  #requests = 0;
  #refusedCredentials = 0;
  #refusedLimits = 0;
  #failures = 0;
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  note(exchange: Exchanged): void {
    const credential = isCredentialRefusal(exchange);
    const limit = exchange.status === 429;
    const failed = exchange.status >= 500;
    this.#requests += 1;
    if (credential) this.#refusedCredentials += 1;
    if (limit) this.#refusedLimits += 1;
    if (failed) this.#failures += 1;
    this.#ring[this.#next] = {
      at: this.#monotonic(),
      milliseconds: exchange.milliseconds,
      refused: credential || limit,
      failed,
    };
    this.#next = (this.#next + 1) % SAMPLE;
  }

  counters(): TrafficCounters {
    const now = this.#monotonic();
    const recent = this.#ring.filter((sample) => sample.at > now - WINDOW_MS);
    const latencies = recent
      .map((sample) => sample.milliseconds)
      .filter((ms) => ms !== null)
      .sort((a, b) => a - b);
    // A full ring holds less than a minute, so the rate is over the time that it really spans.
    const oldest = recent.reduce((least, sample) => Math.min(least, sample.at), now);
    const seconds = recent.length === SAMPLE ? Math.max(0.001, (now - oldest) / 1000) : WINDOW_MS / 1000;
    return {
      requests: this.#requests,
      refusedCredentials: this.#refusedCredentials,
      refusedLimits: this.#refusedLimits,
      failures: this.#failures,
      perSecond: recent.length / seconds,
      refusedShare: recent.length === 0 ? 0 : recent.filter((s) => s.refused).length / recent.length,
      failuresLastMinute: recent.filter((s) => s.failed).length,
      p95Ms: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? 0,
    };
  }
}

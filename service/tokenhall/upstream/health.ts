import type { ProviderHealth } from '../../../shared/http/tokenhall-admin.ts';
import { PROVIDERS, type ProviderName } from '../../../shared/service/tokenhall-settings.ts';
import { type BreakerChange, CircuitBreaker } from './breaker.ts';
import type { UpstreamErrorCode } from './upstream-error.ts';

/** First bytes that are remembered: enough for a median that follows the day. */
const REMEMBERED = 128;

class ProviderRecord {
  readonly breaker: CircuitBreaker;
  readonly calls = { succeeded: 0, failed: 0, refused: 0, retried: 0 };
  lastFailure: { readonly at: number; readonly reason: UpstreamErrorCode } | null = null;
  readonly #firstBytes: number[] = [];
  #next = 0;

  constructor(now: () => number, tell: (change: BreakerChange) => void) {
    this.breaker = new CircuitBreaker(now, tell);
  }

  noteFirstByte(ms: number): void {
    this.#firstBytes[this.#next % REMEMBERED] = ms;
    this.#next += 1;
  }

  get firstByteP50(): number | null {
    const sorted = [...this.#firstBytes].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }
}

export type BreakerTurn = BreakerChange & {
  readonly provider: ProviderName;
  readonly reason: UpstreamErrorCode | null;
};

/** What this instance knows about each provider: its breaker, what it answered, how fast. */
export class ProviderRecords {
  readonly #records: ReadonlyMap<ProviderName, ProviderRecord>;
  readonly #now: () => number;

  /**
   * @param now milliseconds since the epoch
   * @param tell hears of every breaker that opens or closes, with the last failure of its provider
   */
  constructor(now: () => number, tell: (turn: BreakerTurn) => void = () => undefined) {
    this.#now = now;
    const heard = (provider: ProviderName) => (change: BreakerChange) =>
      tell({ ...change, provider, reason: this.of(provider).lastFailure?.reason ?? null });
    this.#records = new Map(PROVIDERS.map((name) => [name, new ProviderRecord(now, heard(name))]));
  }

  of(name: ProviderName): ProviderRecord {
    const record = this.#records.get(name);
    if (!record) throw new RangeError(`there is no provider ${name}`);
    return record;
  }

  noteFailure(name: ProviderName, reason: UpstreamErrorCode): void {
    const record = this.of(name);
    record.calls.failed += 1;
    record.lastFailure = { at: this.#now(), reason };
  }

  view(baseUrls: Readonly<Record<ProviderName, URL>>): ProviderHealth[] {
    return PROVIDERS.map((name) => {
      const record = this.of(name);
      const { state, since, openedAt, retryAt, consecutiveFailures } = record.breaker.view();
      const { lastFailure } = record;
      return {
        provider: name,
        style: name === 'anthropic' ? 'anthropic' : 'openai',
        baseUrl: baseUrls[name].href,
        breaker: {
          state,
          since: new Date(since).toISOString(),
          openedAt: openedAt === null ? null : new Date(openedAt).toISOString(),
          retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
          consecutiveFailures,
        },
        calls: { ...record.calls },
        lastFailure: lastFailure && {
          at: new Date(lastFailure.at).toISOString(),
          reason: lastFailure.reason,
        },
        firstByteP50: record.firstByteP50,
      };
    });
  }
}

import { createHmac } from 'node:crypto';
import type { LimitScope, LimitsState } from '../../shared/http/limits.ts';
import type { LimitDecision, Limiter, LimitRule, LimitSubject } from '../gate/rate.ts';
import { BUCKET_SECONDS, LimitHistory } from './history.ts';
import { SlidingLog } from './sliding-log.ts';
import { limitedUnit, truncateAddress } from './subject.ts';

/** Subjects that are kept apart, a scope. At 30 requests each this is about 10 MB. */
const CAPACITY = 10_000;
const SHOWN_WINDOWS = 50;

export interface LimiterDeps {
  /** 32 bytes; subjects are kept as keyed hashes, so that a heap snapshot holds no address. */
  readonly hashKey: Uint8Array;
  readonly capacity?: number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  now(): Date;
}

/** The limiter of one process. Its twin on a shared store answers the same `take`. */
export class ProcessLimiter implements Limiter {
  readonly #logs: Readonly<Record<LimitScope, SlidingLog>>;
  readonly #history = new LimitHistory();
  readonly #deps: LimiterDeps;

  constructor(deps: LimiterDeps) {
    const capacity = deps.capacity ?? CAPACITY;
    this.#deps = deps;
    this.#logs = {
      ip: new SlidingLog(capacity),
      key: new SlidingLog(capacity),
      operator: new SlidingLog(capacity),
    };
  }

  async take(
    scope: LimitScope,
    subject: LimitSubject,
    rule: LimitRule,
    again = false,
  ): Promise<LimitDecision> {
    const windowMs = rule.windowSeconds * 1000;
    const id = this.#hash(subject.id);
    const took = this.#logs[scope].take(id, subject.label, rule.limit, windowMs, this.#deps.monotonic());
    if (!again) this.#history.record(took.allowed, this.#deps.now());
    else if (!took.allowed) this.#history.refuseAfterAll(this.#deps.now());
    return {
      allowed: took.allowed,
      rule,
      remaining: Math.max(0, rule.limit - took.used),
      resetSeconds: took.resetMs / 1000,
    };
  }

  addressSubject(address: string): LimitSubject {
    return { id: limitedUnit(address), label: truncateAddress(address) };
  }

  state(rules: LimitsState['rules']): LimitsState {
    const nowMs = this.#deps.monotonic();
    const now = this.#deps.now();
    const scopes = Object.keys(this.#logs) as LimitScope[];
    return {
      mode: 'process',
      at: now.toISOString(),
      rules,
      bucketSeconds: BUCKET_SECONDS,
      history: this.#history.buckets(now),
      windows: scopes
        .flatMap((scope) => this.#windows(scope, nowMs))
        .sort(fullestFirst)
        .slice(0, SHOWN_WINDOWS),
      totals: { ...this.#history.totals(), subjects: scopes.reduce((sum, s) => sum + this.#logs[s].size, 0) },
    };
  }

  #windows(scope: LimitScope, nowMs: number): LimitsState['windows'] {
    return [...this.#logs[scope].windows(nowMs)].map((window) => ({
      scope,
      subject: window.label,
      used: window.used,
      limit: window.limit,
      windowSeconds: window.windowMs / 1000,
      resetSeconds: window.resetMs / 1000,
      refused: window.refused,
    }));
  }

  #hash(id: string): string {
    return createHmac('sha256', this.#deps.hashKey).update(id).digest('base64url').slice(0, 22);
  }
}

type Window = LimitsState['windows'][number];
const fullestFirst = (a: Window, b: Window): number =>
  b.used / b.limit - a.used / a.limit || b.refused - a.refused || b.used - a.used;

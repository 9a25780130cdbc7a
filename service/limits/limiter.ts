import { createHmac } from 'node:crypto';
import type { LimiterMode, LimitScope, LimitsState } from '../../shared/http/limits.ts';
import type { LimitDecision, Limiter, LimitRule, LimitSubject } from '../gate/rate.ts';
import { BUCKET_SECONDS, LimitHistory } from './history.ts';
import { DEMAND_SECONDS, type Demand, DemandLog } from './replay/demand.ts';
import { SlidingLog, type Take } from './sliding-log.ts';
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

/** What the limiter's keeper needs of it besides the gate's interface. */
export interface OpenLimiter extends Limiter {
  addressSubject(address: string): LimitSubject;
  /** Who an address counts as, as a keyed hash: for counters that are stored. */
  sourceOf(address: string): string;
  state(rules: LimitsState['rules']): LimitsState;
  /** What one subject of a scope asked for in the last hour, or all of them. */
  demand(scope: LimitScope, subjectId: string | null): HourOfDemand;
}

export interface HourOfDemand {
  readonly demands: readonly Demand[];
  /** The moment of the last second that was counted. */
  readonly now: Date;
  /** Index of the first second from which nobody has been forgotten. */
  readonly completeFrom: number;
}

/** One question of the gate, as it was counted. */
interface Asked {
  readonly scope: LimitScope;
  readonly id: string;
  readonly label: string;
  readonly rule: LimitRule;
  readonly again: boolean;
}

/** The limiter of one process. Its twin on a shared store answers the same `take`, and keeps this one beside it. */
export class ProcessLimiter implements OpenLimiter {
  readonly #logs: Readonly<Record<LimitScope, SlidingLog>>;
  readonly #demand: Readonly<Record<LimitScope, DemandLog>>;
  readonly #history = new LimitHistory();
  readonly #deps: LimiterDeps;
  readonly mode: () => LimiterMode;

  /** @param mode what it says of itself when it stands in for a shared log */
  constructor(deps: LimiterDeps, mode: () => LimiterMode = () => 'process') {
    this.mode = mode;
    const capacity = deps.capacity ?? CAPACITY;
    this.#deps = deps;
    this.#logs = {
      ip: new SlidingLog(capacity),
      key: new SlidingLog(capacity),
      operator: new SlidingLog(capacity),
      agent: new SlidingLog(capacity),
    };
    const second = this.#second();
    this.#demand = {
      ip: new DemandLog(second),
      key: new DemandLog(second),
      operator: new DemandLog(second),
      agent: new DemandLog(second),
    };
  }

  async take(
    scope: LimitScope,
    subject: LimitSubject,
    rule: LimitRule,
    again = false,
  ): Promise<LimitDecision> {
    const windowMs = rule.windowSeconds * 1000;
    const id = this.idOf(subject);
    const took = this.#logs[scope].take(id, subject.label, rule.limit, windowMs, this.#deps.monotonic());
    return this.#decide(took, { scope, id, label: subject.label, rule, again });
  }

  /** What a subject is called where it is counted. */
  idOf(subject: Pick<LimitSubject, 'id'>): string {
    return createHmac('sha256', this.#deps.hashKey).update(subject.id).digest('base64url').slice(0, 22);
  }

  /** The refusal that the requests of this process alone lead to, or null: then the shared log has to be asked. */
  refusal(scope: LimitScope, subject: LimitSubject, rule: LimitRule, again: boolean): LimitDecision | null {
    const now = this.#deps.monotonic();
    const id = this.idOf(subject);
    const took = this.#logs[scope].refusal(id, rule.limit, rule.windowSeconds * 1000, now);
    return took && this.#decide(took, { scope, id, label: subject.label, rule, again });
  }

  /** Takes over what the shared log decided, so that this process's share is known when that log is away. */
  accept(
    scope: LimitScope,
    subject: LimitSubject,
    rule: LimitRule,
    took: Take,
    again: boolean,
  ): LimitDecision {
    const id = this.idOf(subject);
    const now = this.#deps.monotonic();
    this.#logs[scope].record(id, subject.label, rule.limit, rule.windowSeconds * 1000, now, took);
    return this.#decide(took, { scope, id, label: subject.label, rule, again });
  }

  #second(): number {
    return Math.floor(this.#deps.monotonic() / 1000);
  }

  #decide(took: Take, { scope, id, label, rule, again }: Asked): LimitDecision {
    this.#demand[scope].note(id, label, this.#second());
    if (!again) this.#history.record(took.allowed, this.#deps.now());
    else if (!took.allowed) this.#history.refuseAfterAll(this.#deps.now());
    return {
      allowed: took.allowed,
      rule,
      remaining: Math.max(0, rule.limit - took.used),
      resetSeconds: took.resetMs / 1000,
      mode: this.mode(),
    };
  }

  addressSubject(address: string): LimitSubject {
    return { id: limitedUnit(address), label: truncateAddress(address) };
  }

  sourceOf(address: string): string {
    return this.idOf(this.addressSubject(address));
  }

  demand(scope: LimitScope, subjectId: string | null): HourOfDemand {
    const second = this.#second();
    const log = this.#demand[scope];
    const id = subjectId === null ? null : this.idOf({ id: subjectId });
    const completeFrom = log.completeSince(second) - (second - DEMAND_SECONDS + 1);
    return { demands: log.demands(second, id), now: this.#deps.now(), completeFrom };
  }

  state(rules: LimitsState['rules']): LimitsState {
    const nowMs = this.#deps.monotonic();
    const now = this.#deps.now();
    const scopes = Object.keys(this.#logs) as LimitScope[];
    return {
      mode: this.mode(),
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
}

type Window = LimitsState['windows'][number];
const fullestFirst = (a: Window, b: Window): number =>
  b.used / b.limit - a.used / a.limit || b.refused - a.refused || b.used - a.used;

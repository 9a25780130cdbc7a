import type { LimiterMode, LimitScope, LimitsState } from '../../../shared/http/limits.ts';
import type { LimitDecision, LimitRule, LimitSubject } from '../../gate/rate.ts';
import { type HourOfDemand, type LimiterDeps, type OpenLimiter, ProcessLimiter } from '../limiter.ts';
import type { SharedLog } from './client.ts';
import { type OutageReason, RedisLink } from './link.ts';

/** A service that starts beside its Redis waits so long for it; then it serves degraded. */
const START_MS = 1_000;

export interface RedisLimiterDeps extends LimiterDeps {
  readonly log: SharedLog;
  /** The time that Redis is told, in tests; without it Redis asks its own clock. */
  sharedNow?(): number;
  lost?(reason: OutageReason): void;
  regained?(): void;
}

/**
 * The limiter of all processes that share a Redis. Beside it each process keeps the log of its own share: what that alone
 * refuses is refused without asking, and when Redis is away it decides alone, with everything it has let through before. So
 * neither an outage nor a Redis that comes back empty ever gives a process more than the limit.
 */
export class RedisLimiter implements OpenLimiter {
  readonly #own: ProcessLimiter;
  readonly #link: RedisLink;
  readonly #sharedNow: () => number | null;

  constructor(deps: RedisLimiterDeps) {
    this.#own = new ProcessLimiter(deps, () => this.mode());
    this.#sharedNow = () => deps.sharedNow?.() ?? null;
    this.#link = new RedisLink({
      log: deps.log,
      lost: (reason) => deps.lost?.(reason),
      regained: () => deps.regained?.(),
    });
  }

  /** Connects; a Redis that is not there is an outage from the start, and no reason not to serve. */
  start(): Promise<void> {
    return this.#link.start(START_MS);
  }

  close(): void {
    this.#link.close();
  }

  mode(): LimiterMode {
    return this.#link.up ? 'redis' : 'degraded';
  }

  async take(
    scope: LimitScope,
    subject: LimitSubject,
    rule: LimitRule,
    again = false,
  ): Promise<LimitDecision> {
    const refused = this.#own.refusal(scope, subject, rule, again);
    if (refused) return refused;
    const windowMs = rule.windowSeconds * 1000;
    const id = this.#own.idOf(subject);
    const took = await this.#link.take({
      ...{ scope, id, windowMs },
      limit: rule.limit,
      nowMs: this.#sharedNow(),
    });
    if (took) return this.#own.accept(scope, subject, rule, took, again);
    // Redis may have come back while this request waited; it was counted here alone all the same.
    return { ...(await this.#own.take(scope, subject, rule, again)), mode: 'degraded' };
  }

  addressSubject(address: string): LimitSubject {
    return this.#own.addressSubject(address);
  }

  sourceOf(address: string): string {
    return this.#own.sourceOf(address);
  }

  demand(scope: LimitScope, subjectId: string | null): HourOfDemand {
    return this.#own.demand(scope, subjectId);
  }

  state(rules: LimitsState['rules']): LimitsState {
    return this.#own.state(rules);
  }
}

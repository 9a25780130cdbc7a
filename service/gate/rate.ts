import type { LimiterMode, LimitScope } from '../../shared/http/limits.ts';
import { HttpError } from './http-error.ts';

/** At most `limit` requests in any span of `windowSeconds`. */
export interface LimitRule {
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface LimitDecision {
  readonly allowed: boolean;
  readonly rule: LimitRule;
  readonly remaining: number;
  /** Seconds until the oldest counted request leaves the window; for a refusal, until the next one is allowed. */
  readonly resetSeconds: number;
  /** Where it was counted. */
  readonly mode: LimiterMode;
}

/** Counts a request and decides in one step. Asynchronous, because a shared store may stand behind it. */
export interface Limiter {
  /** @param again another rule has let the same request pass already: the history counts requests, not rules */
  take(scope: LimitScope, subject: LimitSubject, rule: LimitRule, again: boolean): Promise<LimitDecision>;
  /** Where requests are counted now. */
  mode(): LimiterMode;
}

export interface LimitSubject {
  /** What is counted. Never shown, never logged. */
  readonly id: string;
  /** What a screen may show of it. */
  readonly label: string;
}

const wholeSeconds = (seconds: number) => Math.max(0, Math.ceil(seconds));

/** A weak setting has a name and is shown: limits hold for each process alone (SPEC 5). */
export const modeHeaders = (mode: LimiterMode): Record<string, string> =>
  mode === 'degraded' ? { 'x-ratelimit-mode': 'degraded' } : {};

/**
 * Headers that tell a client where it stands: draft-ietf-httpapi-ratelimit-headers-06 and the older X- form, whose reset
 * is a Unix time as most clients expect it.
 */
export function limitHeaders(decision: LimitDecision, nowMs: number): Record<string, string> {
  const { limit, windowSeconds } = decision.rule;
  const reset = wholeSeconds(decision.resetSeconds);
  return {
    'ratelimit-policy': `${limit};w=${windowSeconds}`,
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(decision.remaining),
    'ratelimit-reset': String(reset),
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(decision.remaining),
    'x-ratelimit-reset': String(Math.ceil(nowMs / 1000) + reset),
    ...modeHeaders(decision.mode),
  };
}

/** Of two limits that apply, the one that will be reached first is the one worth telling. */
export const tighter = (a: LimitDecision | null, b: LimitDecision): LimitDecision =>
  a !== null && a.remaining <= b.remaining ? a : b;

/** @throws HttpError `rate_limited` with `Retry-After` of at least one second */
export function refuseOverLimit(decision: LimitDecision, scope: LimitScope, nowMs: number): void {
  if (decision.allowed) return;
  throw new HttpError('rate_limited', `over the limit of this ${SCOPE_WORDS[scope]}; slow down`, {
    retryAfterSeconds: Math.max(1, wholeSeconds(decision.resetSeconds)),
    headers: limitHeaders(decision, nowMs),
  });
}

const SCOPE_WORDS: Readonly<Record<LimitScope, string>> = {
  ip: 'address',
  key: 'key',
  operator: 'operator',
  agent: 'agent',
};

import { LimitsError } from '../limits-error.ts';
import type { Take } from '../sliding-log.ts';
import type { SharedLog } from './client.ts';

/** A request waits for Redis no longer than this; on one network it answers in less than one millisecond. */
const ANSWER_MS = 250;
const PROBE_MS = 300;
/** Good answers in a row that end an outage: one alone may come between two failures. */
const PROBES_TO_RECOVER = 3;
/** The probe's own window, in which any number of probes passes. */
const PROBE_LIMIT = 1_000_000;
const PROBE_WINDOW_MS = 1_000;

export type OutageReason = 'slow' | 'refused' | 'unreachable';

export interface LinkDeps {
  readonly log: SharedLog;
  /** Redis stopped serving; the limiter counts alone from now on. */
  lost(reason: OutageReason): void;
  /** It serves again. */
  regained(): void;
}

export interface Question {
  /** Hash of the subject. */
  readonly id: string;
  readonly scope: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly nowMs: number | null;
}

/** Braces make the hash alone decide the slot of a cluster, so a subject's key and its probe lie on one node. */
const keyOf = (scope: string, id: string): string => `sallyport:limit:${scope}:{${id}}`;

/** Redis's own refusals have a name; every other error is one of the way to it. */
function reasonOf(error: unknown): OutageReason {
  if (error instanceof LimitsError) return error.code === 'store-slow' ? 'slow' : 'refused';
  return error instanceof Error && error.name === 'ReplyError' ? 'refused' : 'unreachable';
}

/**
 * Gives up waiting after `ms`. When our own process was what took so long, an answer that has arrived meanwhile is read
 * first: timers fire before sockets are read, `setImmediate` after.
 * @throws LimitsError `store-slow`
 */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const slow = () => reject(new LimitsError('store-slow', `Redis took longer than ${ms} ms`));
    const timer = setTimeout(() => setImmediate(slow), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * The way to Redis, with a breaker: after one failure nobody waits for Redis any more until probes find it well again.
 * A probe runs the same script on the same node as the request that failed, so it proves what requests need.
 */
export class RedisLink {
  readonly #deps: LinkDeps;
  #up = true;
  #good = 0;
  #probed = 'start';
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: LinkDeps) {
    this.#deps = deps;
  }

  get up(): boolean {
    return this.#up;
  }

  /** @returns null when Redis cannot say: the caller decides alone */
  async take({ scope, id, limit, windowMs, nowMs }: Question): Promise<Take | null> {
    if (!this.#up) return null;
    try {
      return await within(ANSWER_MS, this.#deps.log.take(keyOf(scope, id), limit, windowMs, nowMs));
    } catch (error) {
      this.#fail(error, id);
      return null;
    }
  }

  /** Looks whether Redis serves, before the first request asks. @param patienceMs to connect */
  async start(patienceMs: number): Promise<void> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const error = await this.#probe();
      if (error === null) return;
      if (performance.now() >= end) return this.#fail(error, this.#probed);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#deps.log.close();
  }

  #fail(error: unknown, id: string): void {
    this.#probed = id;
    if (!this.#up || this.#closed) return;
    this.#up = false;
    this.#good = 0;
    this.#deps.lost(reasonOf(error));
    this.#probeLater();
  }

  async #probe(): Promise<unknown> {
    const key = keyOf('probe', this.#probed);
    const asked = this.#deps.log.take(key, PROBE_LIMIT, PROBE_WINDOW_MS, null);
    return within(ANSWER_MS, asked).then(
      () => null,
      (error: unknown) => error ?? new LimitsError('store-answer', 'Redis failed without a reason'),
    );
  }

  #probeLater(): void {
    this.#timer = setTimeout(async () => {
      this.#good = (await this.#probe()) === null ? this.#good + 1 : 0;
      if (this.#closed) return;
      if (this.#good < PROBES_TO_RECOVER) return this.#probeLater();
      this.#up = true;
      this.#deps.regained();
    }, PROBE_MS);
  }
}

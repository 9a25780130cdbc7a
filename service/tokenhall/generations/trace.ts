import type { RoutingStep } from '../../../shared/http/tokenhall-admin.ts';

const MOST_STEPS = 24;

/** The way of one request, for people who ask later why it went where it went. Steps and details are slugs and figures of ours. */
export class Trace {
  readonly #steps: RoutingStep[] = [];
  readonly #monotonic: () => number;
  readonly #begun: number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#begun = monotonic();
  }

  note(step: string, detail: string): void {
    if (this.#steps.length < MOST_STEPS)
      this.#steps.push({ ms: Math.round(this.#monotonic() - this.#begun), step, detail });
  }

  steps(): readonly RoutingStep[] {
    return [...this.#steps];
  }
}

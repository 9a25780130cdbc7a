import { DELIVERY_ERRORS } from '../../../shared/http/webhook.ts';
import type { DeliveryError, Outcome } from './rules.ts';

/** Calls of this process since it began; what waits is the database's to tell. */
export interface WebhookCalls {
  readonly delivered: number;
  readonly failed: Readonly<Record<DeliveryError, number>>;
  readonly givenUp: number;
}

const noFailures = (): Record<DeliveryError, number> =>
  Object.fromEntries(DELIVERY_ERRORS.map((error) => [error, 0])) as Record<DeliveryError, number>;

/** Counts what became of each call, for whoever watches from outside. */
export class Tally {
  #delivered = 0;
  #givenUp = 0;
  readonly #failed = noFailures();

  note(outcome: Outcome, gaveUp: boolean): void {
    if (outcome.delivered) this.#delivered += 1;
    else this.#failed[outcome.error] += 1;
    if (gaveUp) this.#givenUp += 1;
  }

  calls(): WebhookCalls {
    return { delivered: this.#delivered, failed: { ...this.#failed }, givenUp: this.#givenUp };
  }
}

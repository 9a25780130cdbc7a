import type { WebhookCalls } from '../webhook/tally.ts';
import type { Family } from './exposition.ts';
import { counter, gauge } from './family.ts';

/** Null: the database did not answer. */
export interface WebhookFacts {
  readonly calls: WebhookCalls;
  readonly outbox: {
    readonly backlog: number;
    readonly dead: number;
    readonly oldestMs: number;
    /** Null: no webhook is set. */
    readonly failing: boolean | null;
  } | null;
}

/** The webhook of alerts: calls of this process, and the outbox that all instances share. */
export const ofWebhook = ({ calls, outbox }: WebhookFacts): Family[] => [
  counter('webhook_deliveries', 'Messages that the receiver took.', [{ value: calls.delivered }]),
  counter(
    'webhook_failures',
    'Calls that delivered nothing, by why.',
    Object.entries(calls.failed).map(([reason, value]) => ({ labels: { reason }, value })),
  ),
  counter('webhook_given_up', 'Messages that were given up after their last attempt.', [
    { value: calls.givenUp },
  ]),
  gauge(
    'webhook_messages',
    'Messages in the outbox: pending ones are tried again, dead ones wait for somebody.',
    outbox === null
      ? []
      : [
          { labels: { state: 'pending' }, value: outbox.backlog },
          { labels: { state: 'dead' }, value: outbox.dead },
        ],
  ),
  gauge(
    'webhook_oldest_pending_seconds',
    'How long the oldest pending message has waited.',
    outbox === null ? [] : [{ value: outbox.oldestMs / 1000 }],
    'seconds',
  ),
  gauge(
    'webhook_failing',
    'Whether calls fail again and again; absent while no webhook is set.',
    outbox === null || outbox.failing === null ? [] : [{ value: outbox.failing ? 1 : 0 }],
  ),
];

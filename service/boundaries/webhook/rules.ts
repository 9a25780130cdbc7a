import { isIP } from 'node:net';
import type { DELIVERY_ERRORS, Webhook, WebhookDelivery } from '../../../shared/http/webhook.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { AllowsAddress } from '../../outbound/addresses.ts';
import { OutboundError } from '../../outbound/outbound-error.ts';

/** About ten hours from the first attempt to the last: a night in which nobody mends the receiver. */
export const MOST_ATTEMPTS = 20;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Failures in a row from which on somebody is told: a little more than a minute for a single message. */
export const FAILING_FROM = 5;

/**
 * The pause after a failed attempt: it doubles up to an hour, and is cut by up to a half, so that messages which failed together
 * do not come back together.
 * @param attempts of them, this one included
 * @param random one byte
 */
export function pauseMs(attempts: number, random: number): number {
  const whole = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(30, attempts - 1));
  return Math.round(whole * (1 - random / 512));
}

export type DeliveryError = (typeof DELIVERY_ERRORS)[number];

export type Outcome =
  | { readonly delivered: true; readonly status: number }
  | { readonly delivered: false; readonly error: DeliveryError; readonly status: number | null };

/** Nothing but 2xx says that somebody has it. */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { delivered: true, status };
  return { delivered: false, error: status >= 300 && status < 400 ? 'redirect' : 'status', status };
}

/** @throws the error itself when it is no failure of the way there */
export function failureOf(error: unknown): Outcome {
  if (!(error instanceof OutboundError)) throw error;
  return { delivered: false, error: error.code, status: null };
}

export interface AddressRules {
  readonly allows: AllowsAddress;
  /** In development plain http may be used too. */
  readonly development: boolean;
}

/** What a name leads to is judged at every call; this is for whoever types. @throws HttpError `bad_request` */
export function requireSendable(url: string, { allows, development }: AddressRules): void {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !development)
    throw new HttpError('bad_request', 'the address must be https; over http anybody reads the alerts');
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !allows(host))
    throw new HttpError(
      'bad_request',
      'the address is private; name its network in WEBHOOK_PRIVATE_NETWORKS if alerts may go there',
    );
}

export interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly set_at: Date;
  readonly set_by: string;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly last_delivered_at: Date | null;
}

/** @throws HttpError `conflict` unless the webhook is the one that was looked at */
export function requireSame(row: WebhookRow | undefined, id: string): WebhookRow {
  if (row?.id === id) return row;
  throw new HttpError('conflict', 'the webhook was set or removed since you read it; read it again');
}

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toWebhook = (row: WebhookRow): Webhook => ({
  ...{ id: row.id, url: row.url, setAt: row.set_at.toISOString(), setBy: row.set_by },
  ...{ failingSince: text(row.failing_since), failures: row.failures },
  lastDeliveredAt: text(row.last_delivered_at),
});

export interface DeliveryRow
  extends Pick<WebhookDelivery, 'kind' | 'state' | 'attempts' | 'error' | 'status'> {
  readonly event_id: string;
  readonly at: Date;
  readonly due_at: Date;
  readonly done_at: Date | null;
}

export const toDelivery = (row: DeliveryRow): WebhookDelivery => ({
  ...{ eventId: row.event_id, kind: row.kind, at: row.at.toISOString(), state: row.state },
  ...{ attempts: row.attempts, error: row.error, status: row.status },
  nextAt: row.state === 'pending' ? row.due_at.toISOString() : null,
  doneAt: text(row.done_at),
});

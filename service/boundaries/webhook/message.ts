import { createHmac, hkdfSync } from 'node:crypto';
import type { StagedEvent } from '../../ledger/staging.ts';
import { ruleOf } from '../alerts/catalogue.ts';

type Data = Readonly<Record<string, unknown>>;

const pick = (data: Data, names: readonly string[]): Data =>
  Object.fromEntries(names.map((name) => [name, data[name]]));

const titled = (data: Data): Data => ({ title: ruleOf(String(data.rule))?.title ?? data.rule });

/**
 * What is told, and of each what the screen of alerts shows. What a person wrote as a reason stays in the ledger: it may be about
 * anybody.
 */
const TOLD: Readonly<Partial<Record<StagedEvent['kind'], (data: Data) => Data>>> = {
  'alert.raised': (data) => ({
    ...titled(data),
    ...pick(data, ['alertId', 'incidentId', 'rule', 'subject', 'severity', 'value', 'threshold', 'again']),
  }),
  'alert.quieted': (data) => ({ ...titled(data), ...pick(data, ['alertId', 'rule', 'subject']) }),
  'incident.opened': (data) => pick(data, ['incidentId', 'title', 'asset', 'goal', 'severity']),
  'incident.state-changed': (data) => pick(data, ['incidentId', 'from', 'to']),
  'webhook.tested': (data) => pick(data, ['webhookId']),
};

/** The body of a message, or null for what is not told. @param id of the ledger entry */
export function messageOf(id: string, { kind, data }: StagedEvent, at: Date): string | null {
  const told = TOLD[kind];
  return told ? JSON.stringify({ id, type: kind, timestamp: at.toISOString(), data: told(data) }) : null;
}

/** One secret for each webhook: whoever reads the database has none, and a new webhook has another. */
export const webhookKey = (seed: Uint8Array, webhookId: string): Buffer =>
  Buffer.from(hkdfSync('sha256', seed, '', `sallyport/alert-webhook/v1/${webhookId}`, 32));

/** As whoever receives stores it (standardwebhooks.com). */
export const secretText = (key: Buffer): string => `whsec_${key.toString('base64')}`;

/** The headers of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, the time in seconds and new with each attempt. */
export function signedHeaders(key: Buffer, id: string, body: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'user-agent': 'sallyport-webhook',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

import { z } from 'zod';

/** What configuration decides about the webhook of alerts; its address is set by a signed action. */
export const webhookSettings = z.object({
  /** Networks in CIDR that are private and may be connected to all the same. */
  privateNetworks: z.array(z.string()).default([]),
  /** Certificates (PEM) that alone may vouch for the receiver; null: those that Node brings. */
  ca: z.string().nullable().default(null),
  /** One call, from beginning to end; a delivery is leased for six times as long. */
  callMs: z.number().int().min(1).max(10_000).default(10_000),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;

/** A webhook that nobody has configured: it reaches public addresses only. */
export const DEFAULT_WEBHOOK: WebhookSettings = webhookSettings.parse({});

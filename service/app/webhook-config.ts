import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { type WebhookSettings, webhookSettings } from '../../shared/service/webhook-settings.ts';

export const WEBHOOK_USAGE = `  WEBHOOK_PRIVATE_NETWORKS   networks in CIDR, separated by commas, whose addresses the webhook of alerts may have although
                           they are private
  WEBHOOK_CA_FILE          certificates (PEM) that alone may vouch for the receiver of alerts, instead of the public ones`;

const networks = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .refine((all) => all.every((one) => ipaddr.isValidCIDR(one)), 'must be networks like 10.1.0.0/16');

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Certificates of a file, or null. A key beside them, or one that is damaged, makes it a file of something else. */
function certificatesIn(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8');
    const found = text.match(CERTIFICATE) ?? [];
    for (const one of found) new X509Certificate(one);
    return found.length > 0 && !text.includes('PRIVATE KEY-----') ? found.join('\n') : null;
  } catch {
    return null;
  }
}

const caFile = z.string().transform((path, context) => {
  const found = certificatesIn(path);
  if (found !== null) return found;
  context.addIssue({
    code: 'custom',
    message: 'must be a readable file of PEM certificates and nothing else',
  });
  return z.NEVER;
});

export const webhookVariables = {
  WEBHOOK_PRIVATE_NETWORKS: networks.optional(),
  WEBHOOK_CA_FILE: caFile.optional(),
};

interface WebhookVariables {
  readonly WEBHOOK_PRIVATE_NETWORKS?: string[] | undefined;
  readonly WEBHOOK_CA_FILE?: string | undefined;
}

export const webhookFrom = (env: WebhookVariables): WebhookSettings =>
  webhookSettings.parse({ privateNetworks: env.WEBHOOK_PRIVATE_NETWORKS, ca: env.WEBHOOK_CA_FILE });

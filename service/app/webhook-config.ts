import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { type WebhookSettings, webhookSettings } from '../../shared/service/webhook-settings.ts';
import { caFile } from './config-values.ts';

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

import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { type TokenhallSettings, tokenhallSettings } from '../../shared/service/tokenhall-settings.ts';

export const TOKENHALL_USAGE = `  TOKENHALL_OPENAI_URL, TOKENHALL_ANTHROPIC_URL, TOKENHALL_OPENROUTER_URL   base URLs of the providers; https only, in
                           development http as well
  TOKENHALL_ALLOWED_HOSTS  hosts that those may name, with their port where they have one, separated by commas
                           (api.openai.com,api.anthropic.com,openrouter.ai)
  TOKENHALL_PRIVATE_NETWORKS   networks in CIDR, separated by commas, whose addresses providers may have although they
                           are private, e.g. 127.0.0.0/8
  TOKENHALL_BODY_BYTES     the largest body of a generation (16777216)`;

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const networks = z
  .string()
  .transform(listed)
  .refine((all) => all.every((one) => ipaddr.isValidCIDR(one)), 'must be networks like 127.0.0.0/8');

const bytes = z.coerce.number('must be a number of bytes').int().min(1024, 'must be at least 1024');

/** Variables of the gateway; what they mean together is checked where providers are opened. */
export const tokenhallVariables = {
  TOKENHALL_OPENAI_URL: z.url('must be a URL').optional(),
  TOKENHALL_ANTHROPIC_URL: z.url('must be a URL').optional(),
  TOKENHALL_OPENROUTER_URL: z.url('must be a URL').optional(),
  TOKENHALL_ALLOWED_HOSTS: z.string().transform(listed).optional(),
  TOKENHALL_PRIVATE_NETWORKS: networks.optional(),
  TOKENHALL_BODY_BYTES: bytes.optional(),
};

const variables = z.object(tokenhallVariables);

export const tokenhallFrom = (env: z.infer<typeof variables>): TokenhallSettings =>
  tokenhallSettings.parse({
    baseUrls: {
      openai: env.TOKENHALL_OPENAI_URL,
      anthropic: env.TOKENHALL_ANTHROPIC_URL,
      openrouter: env.TOKENHALL_OPENROUTER_URL,
    },
    allowedHosts: env.TOKENHALL_ALLOWED_HOSTS,
    privateNetworks: env.TOKENHALL_PRIVATE_NETWORKS,
    bodyBytes: env.TOKENHALL_BODY_BYTES,
  });

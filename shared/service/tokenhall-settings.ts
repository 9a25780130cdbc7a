import { z } from 'zod';

/** Where providers are, by default. A base URL whose host is not allowed stops the service before it starts. */
export const DEFAULT_BASE_URLS = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  openrouter: 'https://openrouter.ai/api/v1',
} as const;

export const PROVIDERS = ['openai', 'anthropic', 'openrouter'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

const DEFAULT_HOSTS = ['api.openai.com', 'api.anthropic.com', 'openrouter.ai'];

const MIB = 1024 * 1024;
const milliseconds = z.number().int().min(1);

/** What configuration decides about generations. */
export const tokenhallSettings = z.object({
  baseUrls: z
    .object({
      openai: z.string().default(DEFAULT_BASE_URLS.openai),
      anthropic: z.string().default(DEFAULT_BASE_URLS.anthropic),
      openrouter: z.string().default(DEFAULT_BASE_URLS.openrouter),
    })
    .prefault({}),
  /** Hosts, with their port where it is not the scheme's own, that a base URL may have. */
  allowedHosts: z.array(z.string()).default(DEFAULT_HOSTS),
  /** Networks in CIDR that are private and may be connected to all the same. */
  privateNetworks: z.array(z.string()).default([]),
  /** Images travel inside the body. */
  bodyBytes: z
    .number()
    .int()
    .min(1024)
    .default(16 * MIB),
  answerBytes: z
    .number()
    .int()
    .min(1024)
    .default(16 * MIB),
  /** Without streaming a provider sends its head only when it has finished. */
  headMs: milliseconds.default(300_000),
  /** Silence inside an answer. */
  idleMs: milliseconds.default(60_000),
  totalMs: milliseconds.default(600_000),
  /** Connections to one provider. */
  connections: z.number().int().min(1).default(256),
});
export type TokenhallSettings = z.infer<typeof tokenhallSettings>;

/** What a service runs with that nobody has configured. */
export const DEFAULT_TOKENHALL: TokenhallSettings = tokenhallSettings.parse({});

const NOBODY = 'https://practice.invalid/v1';

/** Of a service for sample data: its gateway reaches no provider. RFC 6761 keeps the name from ever leading anywhere. */
export const NO_PROVIDERS: TokenhallSettings = tokenhallSettings.parse({
  baseUrls: { openai: NOBODY, anthropic: NOBODY, openrouter: NOBODY },
  allowedHosts: ['practice.invalid'],
});

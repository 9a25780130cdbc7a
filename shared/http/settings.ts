import { z } from 'zod';
import { defineRoutes } from './route.ts';

/**
 * - `environment`: the process was started with it (a shell, a unit file, Doppler CLI)
 * - `file`: an `.env` file
 * - `aws`: the JSON secret in AWS Secrets Manager
 * - `generated`: made by a development service and kept in its data directory
 * - `default`: nobody set it
 */
export const VALUE_SOURCES = ['environment', 'file', 'aws', 'generated', 'default'] as const;
export type ValueSource = (typeof VALUE_SOURCES)[number];

/** Where the service's configuration came from, name by name; never a value (SPEC 8). */
export const provenance = z.object({
  /** `none`: bundled, everything comes from the vault over the process port. */
  provider: z.enum(['env', 'aws', 'none']),
  values: z.array(
    z.object({
      name: z.string(),
      source: z.enum(VALUE_SOURCES),
      /** Which file or which secret. */
      detail: z.string().nullable(),
    }),
  ),
});
export type Provenance = z.infer<typeof provenance>;

export const settingsRoutes = defineRoutes({
  'settings.provenance': {
    method: 'GET',
    path: '/api/settings/provenance',
    summary: 'Where each configured value came from; never the value',
    plane: 'admin',
    answers: { 200: provenance },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

import { z } from 'zod';
import { count, defineEvents } from '../event-definition.ts';

/** The service and the ledger themselves. */
export const serviceEvents = defineEvents({
  'service.started': {
    category: 'service',
    says: 'Service started',
    data: z.strictObject({
      version: z.string(),
      mode: z.enum(['bundled', 'standalone']),
      signatures: z.string(),
    }),
    redactable: [],
    asset: 'evidence',
    boundary: 'client-api',
  },
  'service.clock-moved': {
    category: 'service',
    says: 'Clock set, or machine slept',
    data: z.strictObject({ seconds: z.number().int() }),
    redactable: [],
    asset: 'evidence',
    boundary: 'client-api',
  },
  'ledger.quarantined': {
    category: 'service',
    says: 'Forged staged entries quarantined',
    data: z.strictObject({ count, reasons: z.array(z.string()) }),
    redactable: [],
    asset: 'evidence',
    boundary: 'api-database',
  },
});

import { z } from 'zod';
import { databaseEndpoint } from '../../../shared/service/database-settings.ts';

/** What the process with the scan plane and the bare route is told, and what it answers. */
export const scanOrder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), endpoint: databaseEndpoint, root: z.string(), tokens: z.number() }),
  z.object({ type: z.literal('count') }),
  z.object({ type: z.literal('stop') }),
]);
export type ScanOrder = z.infer<typeof scanOrder>;

export const scanAnswer = z.discriminatedUnion('type', [
  /** Origins of both, and the paths of the same tokens on each. */
  z.object({
    type: z.literal('ready'),
    ours: z.object({ origin: z.string(), paths: z.array(z.string()) }),
    bare: z.object({ origin: z.string(), paths: z.array(z.string()) }),
  }),
  /** Scans that are kept, all that waited written. */
  z.object({ type: z.literal('counted'), scans: z.number() }),
]);
export type ScanAnswer = z.infer<typeof scanAnswer>;

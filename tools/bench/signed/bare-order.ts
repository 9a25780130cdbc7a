import { z } from 'zod';
import { databaseEndpoint } from '../../../shared/service/database-settings.ts';

/** What the bare route's process is told, and what it answers. */
export const bareOrder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), socket: z.string(), endpoint: databaseEndpoint, root: z.string() }),
  z.object({ type: z.literal('stop') }),
]);
export type BareOrder = Extract<z.infer<typeof bareOrder>, { type: 'start' }>;

export const bareReady = z.object({ type: z.literal('ready') });

import { z } from 'zod';
import { databaseEndpoint } from '../../../shared/service/database-settings.ts';

/** What the process with the gated and the bare route is told, and what it answers. */
export const gateOrder = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    gated: z.string(),
    bare: z.string(),
    endpoint: databaseEndpoint,
    root: z.string(),
  }),
  z.object({ type: z.literal('stages') }),
  z.object({ type: z.literal('stop') }),
]);
export type GateOrder = z.infer<typeof gateOrder>;

export const gateAnswer = z.discriminatedUnion('type', [
  /** The key and the agent that it belongs to. */
  z.object({ type: z.literal('ready'), path: z.string(), token: z.string(), agent: z.string() }),
  /** Milliseconds of a request in each stage, on average since the start. */
  z.object({ type: z.literal('stages'), requests: z.number(), stages: z.record(z.string(), z.number()) }),
]);
export type GateAnswer = z.infer<typeof gateAnswer>;

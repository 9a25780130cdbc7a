import { z } from 'zod';
import { defineRoutes } from './route.ts';

/** Which counter a window belongs to: one client address, one key, one operator, one agent's heartbeats. */
export const limitScope = z.enum(['ip', 'key', 'operator', 'agent']);
export type LimitScope = z.infer<typeof limitScope>;

/** Where requests are counted: in each process alone by choice, in Redis for all, or alone because Redis is away. */
export const limiterMode = z.enum(['process', 'redis', 'degraded']);
export type LimiterMode = z.infer<typeof limiterMode>;

export const limitWindow = z.object({
  scope: limitScope,
  /** What is limited: an address (truncated to /24 or /48), a key's display prefix, an operator's name. */
  subject: z.string(),
  used: z.number().int(),
  limit: z.number().int(),
  windowSeconds: z.number().int(),
  /** Seconds until the oldest request leaves the window. */
  resetSeconds: z.number(),
  refused: z.number().int(),
});

/** Requests in one bucket of the recent past, oldest first. */
export const limitBucket = z.object({
  at: z.iso.datetime(),
  allowed: z.number().int(),
  refused: z.number().int(),
});

export const limitsState = z.object({
  mode: limiterMode,
  at: z.iso.datetime(),
  rules: z.array(z.object({ scope: limitScope, limit: z.number().int(), windowSeconds: z.number().int() })),
  bucketSeconds: z.number().int(),
  history: z.array(limitBucket),
  /** The fullest windows now, fullest first, at most 50. */
  windows: z.array(limitWindow),
  totals: z.object({ allowed: z.number().int(), refused: z.number().int(), subjects: z.number().int() }),
});
export type LimitsState = z.infer<typeof limitsState>;

export const limitsRoutes = defineRoutes({
  'limits.state': {
    method: 'GET',
    path: '/api/rate-limits',
    summary: 'Live state of the limiter: rules, recent history, fullest windows',
    plane: 'admin',
    answers: { 200: limitsState },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

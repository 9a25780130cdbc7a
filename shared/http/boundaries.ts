import { z } from 'zod';
import { HEALTH } from '../boundaries/health.ts';
import { BOUNDARIES, type BoundaryId } from '../boundaries/tiles.ts';
import { spendingFreeze } from './freeze.ts';
import { defineRoutes } from './route.ts';

export const boundaryId = z.enum(BOUNDARIES);
export type { BoundaryId };

/** One counted fact about a boundary, with its unit, measured and never estimated. */
export const signal = z.object({
  name: z.string(),
  label: z.string(),
  value: z.number(),
  unit: z.enum(['count', 'per-second', 'ms', 'bytes', 'ratio']),
});

export const boundary = z.object({
  id: boundaryId,
  /** `idle`: nothing crossed yet, so there is nothing to judge; `absent`: this boundary has no traffic path yet. */
  state: z.enum(['healthy', 'attention', 'failing', 'idle', 'absent']),
  /** Why it is in that state, one sentence each, worst first. Never empty. */
  reasons: z.array(z.string()).min(1),
  signals: z.array(signal),
  /** What the probes of its controls found. */
  probes: z.enum(HEALTH),
});

export const boundariesState = z.object({
  /** All spending is stopped, since then and why; null: it is not. */
  freeze: spendingFreeze.nullable(),
  at: z.iso.datetime(),
  startedAt: z.iso.datetime(),
  boundaries: z.array(boundary).length(BOUNDARIES.length),
  ledger: z.object({
    size: z.number().int(),
    root: z.string(),
    pending: z.number().int(),
    oldestPendingMs: z.number(),
    lastIntegratedAt: z.iso.datetime().nullable(),
  }),
});
export type BoundariesState = z.infer<typeof boundariesState>;

export const boundaryRoutes = defineRoutes({
  'boundaries.state': {
    method: 'GET',
    path: '/api/boundaries',
    summary: 'The four threat boundaries with live counters and the reasons for their state',
    plane: 'admin',
    answers: { 200: boundariesState },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

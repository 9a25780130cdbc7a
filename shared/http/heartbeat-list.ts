import { z } from 'zod';
import { defineRoutes } from './route.ts';

const points = z.number().nonnegative();

/** How an agent beats: its last heartbeat, its nonce chain, and its score with the parts that make it up (SPEC 5). */
const agentCadence = z.object({
  agentId: z.string(),
  /** Null for an agent that is no longer there. */
  name: z.string().nullable(),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  chain: z.number().int(),
  /** Heartbeats of the last seven days. */
  heartbeats: z.number().int(),
  challenges: z.object({ passed: z.number().int(), over: z.number().int() }),
  /** 0 to 100. */
  score: points,
  /** Of 35, 25, 20 and 20 points, before confidence. */
  parts: z.object({ cadence: points, challenge: points, latency: points, chain: points }),
  /** 0 to 1. */
  confidence: points,
});
export type AgentCadence = z.infer<typeof agentCadence>;

export const heartbeatListRoutes = defineRoutes({
  'limits.heartbeats': {
    method: 'GET',
    path: '/api/rate-limits/heartbeats',
    summary: 'Agents by their last heartbeat, newest first, at most 100, with chain and score',
    plane: 'admin',
    answers: { 200: z.object({ at: z.iso.datetime(), agents: z.array(agentCadence) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { agent } from './agents.ts';
import { defineRoutes } from './route.ts';

/** Out of 100, and the parts it is made of (SPEC 5). Null until the agent has beaten once. */
const health = z.object({
  score: z.number(),
  cadence: z.number(),
  challenge: z.number(),
  latency: z.number(),
  chain: z.number(),
  confidence: z.number(),
});

const byAgent = {
  bearer: 'platform',
  signed: 'no',
  unsignedBecause:
    'An agent shows that it is alive and proves itself with its key; it has no operator’s key.',
} as const;

export const heartbeatRoutes = defineRoutes({
  'agents.heartbeat': {
    method: 'POST',
    path: '/api/v1/agents/heartbeat',
    summary:
      'Show that the calling agent is alive; one in ten carries a challenge to be answered within 10 s',
    plane: 'public',
    body: z.strictObject({
      /** What the last heartbeat was given. Anything else, or nothing, starts the chain anew. */
      nonce: z.string().max(128).nullable().default(null),
    }),
    answers: {
      200: z.object({
        agent,
        /** To be sent with the next heartbeat: 16 bytes in base64url. */
        nonce: z.string(),
        chain: z.number().int(),
        /** 16 bytes in base64url, answered by their SHA-256 in lower-case hex. */
        challenge: z
          .object({ id: idOf('challenge'), bytes: z.string(), answerBy: z.iso.datetime() })
          .nullable(),
        health,
      }),
    },
    policy: byAgent,
    limitedAs: 'agent',
    effect: 'mutate',
    events: ['agent.connected'],
  },
  'agents.answer-challenge': {
    method: 'POST',
    path: '/api/v1/agents/challenges/:id/answer',
    summary: 'Answer a challenge, once: the first answer decides, and a second one is 404',
    plane: 'public',
    params: z.object({ id: idOf('challenge') }),
    body: z.strictObject({ answer: z.string().min(1).max(128) }),
    answers: {
      200: z.object({ outcome: z.enum(['passed', 'wrong', 'late']), latencyMs: z.number().int(), health }),
    },
    policy: { ...byAgent, owner: 404 },
    effect: 'mutate',
    events: ['agent.challenge-answered'],
  },
});

import { z } from 'zod';
import { defineRoutes } from './route.ts';

const open = { bearer: 'none', signed: 'no' } as const;

export const readiness = z.object({
  status: z.enum(['ready', 'unavailable']),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

export const healthRoutes = defineRoutes({
  'health.live': {
    method: 'GET',
    path: '/healthz',
    summary: 'The process answers',
    plane: 'public',
    answers: { 200: z.object({ status: z.literal('ok') }) },
    policy: open,
    effect: 'read',
    events: [],
  },
  'health.ready': {
    method: 'GET',
    path: '/readyz',
    summary: 'The process can serve: database reachable, integrator keeping up',
    plane: 'public',
    answers: { 200: readiness, 503: readiness },
    policy: open,
    effect: 'read',
    events: [],
  },
  'openapi.document': {
    method: 'GET',
    path: '/openapi.json',
    summary: 'OpenAPI 3.1 description of every route of this plane, derived from the route table',
    plane: 'public',
    answers: { 200: z.record(z.string(), z.unknown()) },
    policy: open,
    effect: 'read',
    events: [],
  },
});

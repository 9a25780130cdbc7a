import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { requestsPerMinute } from './keys.ts';
import { limitScope } from './limits.ts';
import { defineRoutes } from './route.ts';

const count = z.number().int().nonnegative();
const rule = z.object({ limit: z.number().int().positive(), windowSeconds: z.number().int().positive() });

const replayStep = z.object({
  at: z.iso.datetime(),
  asked: count,
  /** The most that one subject asked for in any window that ended in this step. */
  peak: count,
  refusedByCurrent: count,
  refusedByProposed: count,
});

const replaySubject = z.object({
  subject: z.string(),
  asked: count,
  peak: count,
  refusedByCurrent: count,
  refusedByProposed: count,
  firstRefusedAt: z.iso.datetime().nullable(),
  lastRefusedAt: z.iso.datetime().nullable(),
});

/** What a proposed limit would have done to the requests of the last hour, as this process saw them. */
export const replayAnswer = z.object({
  current: rule,
  proposed: rule,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Requests before this moment may be missing: the process was not there yet, or has forgotten somebody. */
  completeSince: z.iso.datetime(),
  stepSeconds: z.number().int(),
  asked: count,
  refusedByCurrent: count,
  refusedByProposed: count,
  subjectsRefused: count,
  /** Oldest first. */
  steps: z.array(replayStep),
  /** Most refused by the proposed limit first, at most 50. */
  subjects: z.array(replaySubject),
});
export type ReplayAnswer = z.infer<typeof replayAnswer>;

export const limitReplayRoutes = defineRoutes({
  'limits.replayKey': {
    method: 'GET',
    path: '/api/keys/:id/limit/replay',
    summary: 'The last hour of one key against a proposed limit: what would have been refused, and when',
    plane: 'admin',
    params: z.object({ id: idOf('key') }),
    query: z.object({ limit: z.coerce.number().pipe(requestsPerMinute) }),
    answers: { 200: replayAnswer },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'limits.replayScope': {
    method: 'GET',
    path: '/api/rate-limits/replay',
    summary:
      'The last hour of every subject of a scope against a proposed limit: who would have been refused',
    plane: 'admin',
    query: z.object({
      scope: limitScope,
      limit: z.coerce.number().int().min(1).max(1_000_000),
    }),
    answers: { 200: replayAnswer },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

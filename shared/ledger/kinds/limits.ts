import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

/** Refusals in per-minute aggregates, and the limiter’s own state. */
export const limitEvents = defineEvents({
  'auth.refusals': {
    category: 'auth',
    says: 'Requests refused for a bad credential',
    data: z.strictObject({
      minute: z.iso.datetime(),
      reason: z.string(),
      plane: z.enum(['public', 'admin']),
      count,
      subjects: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'limit.refusals': {
    category: 'limit',
    says: 'Requests refused over a limit',
    data: z.strictObject({
      minute: z.iso.datetime(),
      scope: z.enum(['ip', 'key', 'operator', 'agent']),
      count,
      subjects: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'limit.degraded': {
    category: 'limit',
    says: 'Limiter lost Redis and counts in this process alone',
    data: z.strictObject({
      outageId: idOf('outage'),
      since: z.iso.datetime(),
      reason: z.enum(['slow', 'refused', 'unreachable']),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'limit.restored': {
    category: 'limit',
    says: 'Limiter counts in Redis again',
    data: z.strictObject({
      outageId: idOf('outage'),
      since: z.iso.datetime(),
      until: z.iso.datetime(),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
});

import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes, OPERATOR_ROLES } from './route.ts';

export const STREAM_TICKET_SECONDS = 30;

/** 32 random bytes in base64url, without a prefix. */
const streamTicket = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'this is not a ticket');

export const streamTicketRoutes = defineRoutes({
  'events.ticket': {
    method: 'POST',
    path: '/api/events/tickets',
    summary: 'Issue a ticket with which this operator’s browser opens one event stream within 30 seconds',
    plane: 'admin',
    body: z.strictObject({}),
    answers: {
      201: z.object({ ticket: streamTicket, expiresAt: z.iso.datetime(), eventId: idOf('entry') }),
    },
    policy: { bearer: 'admin', signed: OPERATOR_ROLES },
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason:
        'It lets whoever holds the admin token read what that token reads anyway, on one connection that starts within 30 seconds.',
    },
    events: ['operator.stream-ticket-issued'],
    // So that no answer is remembered: a ticket is kept as a hash and nowhere else.
    reveals: ['ticket'],
  },
});

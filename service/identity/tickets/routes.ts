import { STREAM_TICKET_SECONDS } from '../../../shared/http/stream-tickets.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate } from '../mutation.ts';
import { newTicket, TICKET_BYTES, ticketHash } from './rules.ts';
import { insertTicket } from './store.ts';

export interface TicketHandlerDeps {
  readonly mutate: Mutate;
  random(bytes: number): Uint8Array;
}

export const ticketHandlers = ({ mutate, random }: TicketHandlerDeps): Pick<Handlers, 'events.ticket'> => ({
  'events.ticket': (_input, ctx) =>
    mutate('events.ticket', ctx, async (tx, stage): Promise<Done<'events.ticket'>> => {
      // A ticket is bound to a person: an unsigned request of development mode has none.
      if (ctx.principal.type !== 'operator')
        throw new HttpError('forbidden', 'only an operator can have a ticket');
      const ticket = newTicket(random(TICKET_BYTES));
      const issuedAt = ctx.now();
      const expiresAt = new Date(issuedAt.getTime() + STREAM_TICKET_SECONDS * 1000);
      const id = makeId('streamTicket', random(10), issuedAt.getTime());
      const hash = ticketHash(ticket, Buffer.from(ctx.principal.tokenHash, 'hex'));
      await insertTicket(tx, { id, hash, operatorId: ctx.principal.id, issuedAt, expiresAt });
      const until = expiresAt.toISOString();
      const eventId = await stage('operator.stream-ticket-issued', { ticketId: id, expiresAt: until });
      return { subject: id, answer: { status: 201, body: { ticket, expiresAt: until, eventId } } };
    }),
});

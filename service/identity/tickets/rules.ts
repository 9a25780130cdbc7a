import { createHash } from 'node:crypto';
import { base64urlnopad } from '@scure/base';

export const TICKET_BYTES = 32;

const TICKET = /^[A-Za-z0-9_-]{43}$/;

/** Whether it can be a ticket at all: everything else is refused without asking the database. */
export const isTicket = (text: string): boolean => TICKET.test(text);

/** @param random 32 bytes of a CSPRNG */
export function newTicket(random: Uint8Array): string {
  if (random.length !== TICKET_BYTES) throw new RangeError('a ticket takes 32 random bytes');
  return base64urlnopad.encode(random);
}

/**
 * What is kept of a ticket. The hash of the admin token that asked for it goes in: when that token is withdrawn, its tickets
 * are found no more.
 * @param tokenHash SHA-256 of the admin token
 */
export const ticketHash = (ticket: string, tokenHash: Uint8Array): Buffer =>
  createHash('sha256').update(tokenHash).update(ticket).digest();

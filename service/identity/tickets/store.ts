import type { OperatorRole } from '../../../shared/http/route.ts';
import type { Database, Tx } from '../../db/database.ts';

type Reader = Pick<Database, 'kysely'>['kysely'];

export interface NewTicket {
  readonly id: string;
  readonly hash: Buffer;
  readonly operatorId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export const insertTicket = (tx: Tx, ticket: NewTicket): Promise<unknown> =>
  tx
    .insertInto('stream_tickets')
    .values({
      id: ticket.id,
      ticket_hash: ticket.hash,
      operator_id: ticket.operatorId,
      issued_at: ticket.issuedAt,
      expires_at: ticket.expiresAt,
    })
    .execute();

export interface RedeemedTicket {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly keyId: string;
  readonly hash: Buffer;
}

/**
 * Uses up the ticket with one of these hashes, in one statement: of two uses at the same time, on whatever instance, the second
 * waits for the first one's row and then finds it used.
 * @returns its operator, while that one is active
 */
export const redeem = (
  db: Reader,
  hashes: readonly Buffer[],
  at: Date,
): Promise<RedeemedTicket | undefined> =>
  db
    .updateTable('stream_tickets as t')
    .from('operators as o')
    .set({ used_at: at })
    .where('t.ticket_hash', 'in', hashes)
    .where('t.used_at', 'is', null)
    .where('t.expires_at', '>', at)
    .whereRef('o.id', '=', 't.operator_id')
    .where('o.revoked_at', 'is', null)
    .returning(['o.id', 'o.name', 'o.role', 'o.key_id as keyId', 't.ticket_hash as hash'])
    .executeTakeFirst();

/** Those of these operators who are not revoked. */
export async function activeAmong(db: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('operators')
    .select('id')
    .where('id', 'in', ids)
    .where('revoked_at', 'is', null)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export const deleteExpiredTickets = (db: Reader, now: Date): Promise<unknown> =>
  db.deleteFrom('stream_tickets').where('expires_at', '<', now).execute();

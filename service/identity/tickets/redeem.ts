import type { Database } from '../../db/database.ts';
import type { Credentials } from '../../gate/bearer.ts';
import type { AdminTokens } from '../admin-tokens.ts';
import { isTicket, ticketHash } from './rules.ts';
import { activeAmong, redeem } from './store.ts';

/** Resolves a ticket to the operator it was issued to, and uses it up. */
export const ticketRedeemer =
  (
    { kysely }: Pick<Database, 'kysely'>,
    tokens: Pick<AdminTokens, 'hashes'>,
    now: () => Date,
  ): Credentials['redeemTicket'] =>
  async (ticket) => {
    if (!isTicket(ticket)) return null;
    const asked = tokens.hashes().map((token) => ({ token, hash: ticketHash(ticket, token) }));
    if (asked.length === 0) return null;
    const row = await redeem(
      kysely,
      asked.map(({ hash }) => hash),
      now(),
    );
    const asker = row && asked.find(({ hash }) => hash.equals(row.hash));
    if (!asker) return null;
    const { hash: _, ...operator } = row;
    return { type: 'operator', ...operator, tokenHash: asker.token.toString('hex') };
  };

/** The open streams, by the operators whose tickets opened them. */
export interface OperatorStreams {
  operators(): ReadonlySet<string>;
  retainOperators(active: ReadonlySet<string>): void;
}

/**
 * Closes the streams of operators that are revoked now, whichever instance revoked them. While nobody can say who is, none of
 * these streams stays open.
 */
export async function closeRevokedStreams(
  { kysely }: Pick<Database, 'kysely'>,
  streams: OperatorStreams,
): Promise<void> {
  const ids = [...streams.operators()];
  if (ids.length === 0) return;
  try {
    streams.retainOperators(await activeAmong(kysely, ids));
  } catch (error) {
    streams.retainOperators(new Set());
    throw error;
  }
}

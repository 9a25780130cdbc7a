import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { EVENT_CATEGORIES } from './event-definition.ts';
import { EVENT_KINDS, type EventKind } from './events.ts';
import { sha256Hex } from './hex.ts';

export { sha256Hex };

/** Who caused an entry. `system` is the service itself; `stranger` an unauthenticated caller, only in aggregates. */
export const actor = z.object({
  type: z.enum(['operator', 'key', 'account', 'agent', 'system', 'stranger']),
  id: z.string(),
  name: z.string().nullable(),
});
export type Actor = z.infer<typeof actor>;

/** A ledger entry as every screen, stream and export sees it. */
export const ledgerEntry = z.object({
  id: idOf('entry'),
  /** Position in the log from 0, or `null` while the integrator has not numbered it. */
  number: z.number().int().nonnegative().nullable(),
  state: z.enum(['pending', 'integrated']),
  kind: z.enum(EVENT_KINDS as [EventKind, ...EventKind[]]),
  category: z.enum(EVENT_CATEGORIES),
  at: z.iso.datetime(),
  actor,
  /** The agent acted for, when the actor acted as one (SPEC 2). */
  agent: z.string().nullable(),
  requestId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  /** RFC 6962 leaf hash over the field commitments, once integrated. */
  leafHash: sha256Hex.nullable(),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** The head of the log: how many entries are numbered, and the Merkle tree hash over them (RFC 6962 section 2.1). */
export const ledgerHead = z.object({
  size: z.number().int().nonnegative(),
  root: sha256Hex,
  epoch: z.number().int(),
});
export type LedgerHead = z.infer<typeof ledgerHead>;

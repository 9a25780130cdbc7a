import { z } from 'zod';
import { count, defineEvents } from '../event-definition.ts';
import { sha256Hex } from '../hex.ts';

const head = z.strictObject({ size: count, root: sha256Hex });
/** Why two heads are no heads of one log. */
export const FORK_REASONS = [
  'one-size-two-roots',
  'seen-not-in-log',
  'shown-not-in-log',
  'neither-in-log',
] as const;
const former = z.enum(['overlap', 'retire']);

/** The log about itself: who signs its heads, who watches them, and what a restore has lost. */
export const evidenceEvents = defineEvents({
  'ledger.key-rotation-ordered': {
    category: 'service',
    says: 'New ledger key ordered',
    data: z.strictObject({ former, reason: z.string() }),
    redactable: ['reason'],
    asset: 'evidence',
    boundary: 'secret-persistence',
  },
  'ledger.key-rotated': {
    category: 'service',
    says: 'Ledger key rotated',
    data: z.strictObject({ former, from: z.string(), to: z.string(), size: count }),
    redactable: [],
    asset: 'evidence',
    boundary: 'secret-persistence',
  },
  'ledger.key-retired': {
    category: 'service',
    says: 'Former ledger key retired',
    data: z.strictObject({ key: z.string(), untilSize: count }),
    redactable: [],
    asset: 'evidence',
    boundary: 'secret-persistence',
  },
  'ledger.verification-failed': {
    category: 'service',
    says: 'Deep verification found what contradicts the log',
    data: z.strictObject({
      findings: count,
      /** Of the log itself, and of the tables that follow from it. */
      log: count,
      states: count,
      /** The least number of an entry that is concerned; null when rows have no entry at all. */
      firstNumber: count.nullable(),
    }),
    redactable: [],
    asset: 'evidence',
    boundary: 'api-database',
  },
  'ledger.witness-registered': {
    category: 'service',
    says: 'Witness of the log registered',
    data: z.strictObject({ name: z.string(), key: z.string() }),
    redactable: [],
    asset: 'evidence',
    boundary: 'client-api',
  },
  'ledger.cosigned': {
    category: 'service',
    says: 'Head of the log witnessed',
    data: z.strictObject({ witness: z.string(), origin: z.string(), head, at: z.iso.datetime() }),
    redactable: [],
    asset: 'evidence',
    boundary: 'client-api',
  },
  'ledger.fork-reported': {
    category: 'service',
    says: 'Two histories of the log reported',
    data: z.strictObject({
      /** SHA-256 of both heads: the same two are one fork, whoever reports them. */
      fork: sha256Hex,
      origin: z.string(),
      /** What the console had verified, and what it was shown that does not fit. */
      seen: head,
      shown: head,
      because: z.enum(FORK_REASONS),
      /** Both as signed notes, which prove it to anybody who has the keys. */
      seenNote: z.string(),
      shownNote: z.string(),
    }),
    redactable: [],
    asset: 'evidence',
    boundary: 'api-database',
  },
  'ledger.restore-reported': {
    category: 'service',
    says: 'Witnessed head reported ahead of the log',
    data: z.strictObject({ checkpoint: z.string(), reason: z.string() }),
    redactable: ['reason'],
    asset: 'evidence',
    boundary: 'api-database',
  },
  'ledger.restore-refused': {
    category: 'service',
    says: 'Reported head not accepted',
    data: z.strictObject({ report: z.string(), because: z.string() }),
    redactable: [],
    asset: 'evidence',
    boundary: 'api-database',
  },
  'ledger.epoch-opened': {
    category: 'service',
    says: 'New epoch of the log opened after a restore',
    data: z.strictObject({
      epoch: count,
      origin: z.string(),
      /** The head that somebody has seen, and the one that the restored log had instead. */
      witnessed: head,
      restored: head,
      /** Numbers that were in the log and are not: what stands there now is something else. */
      lost: z.strictObject({ from: count, until: count }),
      checkpoint: z.string(),
    }),
    redactable: [],
    asset: 'evidence',
    boundary: 'api-database',
  },
});

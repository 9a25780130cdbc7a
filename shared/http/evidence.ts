import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/hex.ts';
import { FORK_REASONS } from '../ledger/kinds/evidence.ts';
import { MOST_KEPT_CHARACTERS } from '../ledger/note.ts';
import { trustFile } from '../ledger/trust.ts';
import { defineRoutes } from './route.ts';

const size = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const head = z.object({ size: z.number().int().nonnegative(), root: sha256Hex });
const eventId = idOf('entry');

/** A signed note (C2SP). */
const note = z.string().min(1).max(MOST_KEPT_CHARACTERS);
const reason = z.string().trim().min(1, 'say why').max(500);

export const checkpointView = z.object({
  origin: z.string(),
  /** 1, and one more for every restore behind a witnessed head. */
  epoch: z.number().int().min(1),
  ...head.shape,
  /** The signed note with the lines of its witnesses. */
  note,
  signedAt: z.iso.datetime(),
  /** An uncosigned head is the log's word for itself. */
  state: z.enum(['witnessed', 'self-attested']),
  witnesses: z.array(z.object({ name: z.string(), at: z.iso.datetime() })),
});
export type CheckpointView = z.infer<typeof checkpointView>;

/** Heads that were signed, to choose one from: no note, and not more than one page of them. */
export const checkpointList = z.object({
  /** The log of one size in one epoch; the list is of the epoch that is written now, newest first. */
  epoch: z.number().int().min(1),
  checkpoints: z.array(
    z.object({ ...head.shape, signedAt: z.iso.datetime(), cosignatures: z.number().int().nonnegative() }),
  ),
  /** `before` of the next page; null: there is none. */
  next: z.number().int().nullable(),
});

export const inclusionProof = z.object({
  number: z.number().int().nonnegative(),
  id: idOf('entry'),
  leafHash: sha256Hex,
  head,
  /** RFC 6962 section 2.1.1, leaf side first. */
  proof: z.array(sha256Hex),
});

export const consistencyProof = z.object({
  from: head,
  to: head,
  /** RFC 6962 section 2.1.2. */
  proof: z.array(sha256Hex),
});

const read = { method: 'GET', plane: 'admin', effect: 'read', events: [] } as const;
const policy = { bearer: 'admin', signed: 'no' } as const;
const KEEPS_LOG = ['responder', 'custodian', 'administrator'] as const;
/** Whoever has a console may be the one who is shown another history, so whoever has one may say so. */
const SEES_LOG = ['reviewer', 'responder', 'custodian', 'administrator'] as const;
const RULES_LOG = ['administrator'] as const;

/** Proofs of the log, who signs it and who watches it (SPEC 10). */
export const evidenceRoutes = defineRoutes({
  'ledger.checkpoint': {
    ...read,
    path: '/api/logs/ledger/checkpoint',
    summary: 'The newest signed head of the log, or the newest that a witness cosigned',
    query: z.object({ witnessed: z.enum(['yes', 'no']).default('no') }),
    answers: { 200: checkpointView },
    policy,
  },
  'ledger.checkpoints': {
    ...read,
    path: '/api/logs/ledger/checkpoints',
    summary: 'The signed heads of this epoch that hold an entry, newest first',
    query: z.object({
      /** Smaller ones only. */
      before: size.optional(),
      /** Signed at this time or earlier. */
      until: z.iso.datetime().optional(),
      /** Those that a witness cosigned only. */
      witnessed: z.enum(['yes', 'no']).default('no'),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    answers: { 200: checkpointList },
    policy,
  },
  'ledger.checkpointAt': {
    ...read,
    path: '/api/logs/ledger/checkpoints/:size',
    summary: 'The signed head of this size',
    params: z.object({ size }),
    query: z.object({ epoch: z.coerce.number().int().min(1).optional() }),
    answers: { 200: checkpointView },
    policy,
  },
  'ledger.inclusion': {
    ...read,
    path: '/api/logs/ledger/proofs/inclusion',
    summary: 'Proof that an entry, by number or id, is in the log of a size',
    query: z.object({
      number: size.optional(),
      id: idOf('entry').optional(),
      /** Absent: the log of now. */
      size: size.optional(),
    }),
    answers: { 200: inclusionProof },
    policy,
  },
  'ledger.consistency': {
    ...read,
    path: '/api/logs/ledger/proofs/consistency',
    summary: 'Proof that the log of one size continues the log of a smaller one',
    query: z.object({ from: size, to: size.optional() }),
    answers: { 200: consistencyProof },
    policy,
  },
  'ledger.keys': {
    ...read,
    path: '/api/logs/ledger/keys',
    summary: 'The trust file: origin, ledger keys and witness keys, to be pinned out of band',
    answers: { 200: trustFile },
    policy,
  },
  'ledger.registerWitness': {
    method: 'POST',
    path: '/api/logs/ledger/witnesses',
    summary: 'Accept the cosignatures of a witness from now on',
    plane: 'admin',
    body: z.strictObject({ key: z.string().min(1).max(400) }),
    answers: { 201: z.object({ name: z.string(), key: z.string(), eventId }) },
    policy: { bearer: 'admin', signed: KEEPS_LOG },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Register a witness of the log',
      effect: 'Heads that this key cosigns are shown as witnessed. Check the key with whoever holds it.',
    },
    events: ['ledger.witness-registered'],
  },
  'ledger.cosign': {
    method: 'POST',
    path: '/api/logs/ledger/cosignatures',
    summary: 'Keep the cosignature of a registered witness (C2SP tlog-cosignature)',
    plane: 'admin',
    body: z.strictObject({ note }),
    answers: { 200: z.object({ checkpoint: checkpointView, eventId: eventId.nullable() }) },
    policy: { bearer: 'admin', signed: KEEPS_LOG },
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason: 'It only adds to the evidence: the witness signed it, and anything else is refused.',
    },
    events: ['ledger.cosigned'],
  },
  'ledger.reportFork': {
    method: 'POST',
    path: '/api/logs/ledger/forks',
    summary: 'Report two signed heads of this log that no one log holds; it raises an alert',
    plane: 'admin',
    body: z.strictObject({
      /** The head that the console had verified, as it was signed. */
      seen: note,
      /** The head that it was shown and that does not fit. */
      shown: note,
    }),
    answers: {
      200: z.object({
        fork: sha256Hex,
        because: z.enum(FORK_REASONS),
        /** Null when this fork was reported before. */
        eventId: eventId.nullable(),
      }),
    },
    policy: { bearer: 'admin', signed: SEES_LOG },
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason:
        'It only adds to the evidence: keys of the log signed both heads, and what they do not prove is refused.',
    },
    events: ['ledger.fork-reported'],
  },
  'ledger.rotateKey': {
    method: 'POST',
    path: '/api/logs/ledger/keys/rotate',
    summary: 'Sign heads with a new ledger key; the former one signs beside it for a while, or no more',
    plane: 'admin',
    body: z.strictObject({ former: z.enum(['overlap', 'retire']), reason }),
    answers: { 200: z.object({ eventId }) },
    policy: { bearer: 'admin', signed: RULES_LOG },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Rotate the ledger key',
      effect: 'Whoever pinned the former key alone must pin the new one, with "retire" at once.',
    },
    events: ['ledger.key-rotation-ordered', 'ledger.key-rotated', 'ledger.key-retired'],
  },
  'ledger.reportRestore': {
    method: 'POST',
    path: '/api/logs/ledger/epochs',
    summary: 'Report a witnessed head that this log has not reached: it opens a new epoch',
    plane: 'admin',
    body: z.strictObject({ checkpoint: note, reason }),
    answers: { 200: z.object({ eventId }) },
    policy: { bearer: 'admin', signed: RULES_LOG },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Open a new epoch of the log',
      effect:
        'States for ever that entries which were witnessed are lost. The log goes on under a new origin.',
    },
    events: ['ledger.restore-reported', 'ledger.restore-refused', 'ledger.epoch-opened'],
  },
});

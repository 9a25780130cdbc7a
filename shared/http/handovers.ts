import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/hex.ts';
import { walletAddress } from '../money/wallets.ts';
import { INCIDENT_STATES } from './incidents.ts';
import { defineRoutes } from './route.ts';

/** A shift with more open incidents than this is not handed over, it is called together. */
export const HANDED_INCIDENTS = 100;

/** Nor one with more wallets that are frozen one by one: by then all spending is stopped. */
export const HANDED_WALLETS = 100;

const at = z.iso.datetime();
const count = z.number().int().nonnegative();
const eventId = idOf('entry');

/** One incident as it stood when it was handed over. */
const handedIncident = z.strictObject({
  id: idOf('incident'),
  state: z.enum(INCIDENT_STATES),
  alerts: count,
});

/** What whoever goes has seen and signs: the service refuses it once it is no longer so. */
const handed = {
  incidents: z.array(handedIncident).max(HANDED_INCIDENTS),
  /** The freeze in force. */
  freezeId: idOf('freeze').nullable(),
  /** Wallets that are frozen one by one, the longest frozen first, each with its freeze. */
  wallets: z
    .array(z.strictObject({ address: walletAddress, freezeId: idOf('walletFreeze') }))
    .max(HANDED_WALLETS),
};

export const handover = z.object({
  id: idOf('handover'),
  ...handed,
  note: z.string(),
  givenAt: at,
  givenBy: z.string(),
  givenByName: z.string(),
  /** SHA-256 of all of this: what whoever comes signs. */
  digest: sha256Hex,
  /** `replaced`: another was given before anybody took it. */
  state: z.enum(['waiting', 'taken', 'replaced']),
  takenAt: at.nullable(),
  takenBy: z.string().nullable(),
  takenByName: z.string().nullable(),
});
export type Handover = z.infer<typeof handover>;

export const shift = z.object({
  ...handed,
  /** Titles of these incidents, in their order. */
  titles: z.array(z.string()),
  freezeReason: z.string().nullable(),
  /** Why these wallets are frozen, in their order. */
  walletReasons: z.array(z.string()),
  /** The last hand-over that was taken, or a day ago when there was none. */
  since: at,
  /** What the log tells of since then, the most frequent first. */
  changes: z.array(z.object({ kind: z.string(), says: z.string(), count, lastNumber: count })),
  handovers: z.array(handover),
});
export type Shift = z.infer<typeof shift>;

const act = {
  method: 'POST',
  plane: 'admin',
  policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
  effect: 'mutate',
} as const;

/** A shift ends when somebody else has signed that they have it. */
export const handoverRoutes = defineRoutes({
  'shift.state': {
    method: 'GET',
    path: '/api/shift',
    summary: 'What a hand-over would say now, and the last hand-overs',
    plane: 'admin',
    answers: { 200: z.object({ shift }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'shift.hand-over': {
    ...act,
    path: '/api/shift/hand-over',
    summary:
      'Hand the shift over: the open incidents and all that is frozen as they stand, and what whoever comes must know',
    body: z.strictObject({ ...handed, note: z.string().trim().min(1, 'say what they must know').max(4000) }),
    answers: { 201: z.object({ handover, eventId }) },
    risk: { level: 'routine', reason: 'It adds to the record and changes nothing else.' },
    events: ['shift.handed-over'],
  },
  'shift.take-over': {
    ...act,
    path: '/api/shift/hand-overs/:id/take',
    summary: 'Take the shift over: somebody else than whoever gave it, and exactly what was given',
    params: z.object({ id: idOf('handover') }),
    body: z.strictObject({ digest: sha256Hex }),
    answers: { 200: z.object({ handover, eventId }) },
    risk: { level: 'routine', reason: 'It says who looks from now on; it gives nobody any authority.' },
    events: ['shift.taken-over'],
  },
});

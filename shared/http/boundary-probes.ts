import { z } from 'zod';
import { CONTROL_IDS, PROBE_IDS, ROUND_PROBE_IDS } from '../boundaries/controls.ts';
import { HEALTH, OUTCOMES } from '../boundaries/health.ts';
import { TILES } from '../boundaries/tiles.ts';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

const outcome = z.enum(OUTCOMES);
const health = z.enum(HEALTH);
const probeId = z.enum(PROBE_IDS);
const evidence = z.string().min(1).max(300);
const eventId = idOf('entry');

/** What one attack found. */
export const probeOutcome = z.object({
  probe: probeId,
  outcome,
  /** One sentence of what was seen; never material. */
  evidence,
  durationMs: z.number().int().nonnegative(),
});
export type ProbeOutcome = z.infer<typeof probeOutcome>;

export const PROBE_CAUSES = ['schedule', 'demand'] as const;
export const ROUND_STATES = ['waiting', 'running', 'finished', 'missed'] as const;

export const probeRound = z.object({
  id: idOf('probeRound'),
  cause: z.enum(PROBE_CAUSES),
  scheduledBy: z.string(),
  scheduledAt: z.iso.datetime(),
  state: z.enum(ROUND_STATES),
  begunAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  held: z.number().int(),
  broken: z.number().int(),
  unavailable: z.number().int(),
});
export type ProbeRound = z.infer<typeof probeRound>;

const probesState = z.object({
  at: z.iso.datetime(),
  intervalSeconds: z.number().int(),
  tiles: z.array(z.object({ tile: z.enum(TILES), state: health, reasons: z.array(z.string()).min(1) })),
  controls: z.array(z.object({ control: z.enum(CONTROL_IDS), state: health })),
  /** The newest outcome of each probe that ever ran. */
  probes: z.array(probeOutcome.extend({ at: z.iso.datetime(), state: health })),
  /** Newest first. */
  rounds: z.array(probeRound),
});
export type ProbesState = z.infer<typeof probesState>;

const read = { method: 'GET', plane: 'admin', effect: 'read', events: [] } as const;
const policy = { bearer: 'admin', signed: 'no' } as const;
/** The role of the probes' own operator, which is the least of all. Whether it is that operator is checked beside the signature. */
const byProber = { bearer: 'admin', signed: ['reviewer'], confinedTo: 'probes' } as const;
const reports = {
  level: 'routine',
  reason: 'Only the service’s own probe process may sign it, and it records what that process did.',
} as const;

export const boundaryProbeRoutes = defineRoutes({
  'boundaries.probes': {
    ...read,
    path: '/api/boundaries/probes',
    summary: 'What the probes found: tiles, controls, the newest outcome of each probe, and the last rounds',
    answers: { 200: probesState },
    policy,
  },
  'boundaries.probeHistory': {
    ...read,
    path: '/api/boundaries/probes/history',
    summary: 'Outcomes of one probe, newest first',
    query: z.object({ probe: probeId, limit: z.coerce.number().int().min(1).max(500).default(50) }),
    answers: { 200: z.object({ outcomes: z.array(probeOutcome.extend({ at: z.iso.datetime() })) }) },
    policy,
  },
  'boundaries.probe': {
    method: 'POST',
    path: '/api/boundaries/probes/run',
    summary: 'Run all probes now instead of at their time',
    plane: 'admin',
    body: z.strictObject({}),
    answers: { 200: z.object({ round: probeRound, eventId }) },
    policy: { bearer: 'admin', signed: ['responder', 'custodian', 'administrator'] },
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason:
        'Probes attack a worthless tenant and change nothing for anybody else; they run by themselves as well.',
    },
    events: ['probe.requested'],
  },
  'boundaries.nextRound': {
    ...read,
    path: '/api/boundaries/rounds/next',
    summary: 'The round that waits for the probe process, if one does',
    answers: { 200: z.object({ roundId: idOf('probeRound').nullable() }) },
    policy,
  },
  'boundaries.beginRound': {
    method: 'POST',
    path: '/api/boundaries/rounds/begin',
    summary: 'The probe process begins a round; one that nobody scheduled is refused and entered',
    plane: 'admin',
    body: z.strictObject({ roundId: idOf('probeRound') }),
    answers: {
      200: z.object({
        accepted: z.boolean(),
        /** Address of an export that exists nowhere, signed by the service and past its end, to be tried; null: not begun. */
        expiredExport: z.string().nullable(),
      }),
    },
    policy: byProber,
    effect: 'mutate',
    risk: reports,
    events: ['probe.off_schedule'],
  },
  'boundaries.reportRound': {
    method: 'POST',
    path: '/api/boundaries/rounds/report',
    summary: 'The probe process says what it found; for a round that does not run it is refused and entered',
    plane: 'admin',
    body: z.strictObject({
      roundId: idOf('probeRound'),
      /** What consoles try on themselves is theirs to report. */
      outcomes: z
        .array(probeOutcome.extend({ probe: z.enum(ROUND_PROBE_IDS) }))
        .min(1)
        .max(ROUND_PROBE_IDS.length),
    }),
    answers: { 200: z.object({ accepted: z.boolean() }) },
    policy: byProber,
    effect: 'mutate',
    risk: reports,
    events: ['probe.ran', 'probe.failed', 'probe.off_schedule'],
  },
});

import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { ledgerEntry } from '../ledger/entry.ts';
import { sha256Hex } from '../ledger/hex.ts';
import { defineRoutes } from './route.ts';

/** What an attacker would have: control, then money, then what belongs to others, before plain bugs. */
export const INCIDENT_ASSETS = ['control', 'money', 'ownership', 'plain'] as const;
/** What an attacker wants: to be somebody, to drain, to corrupt; and, last, only to be in the way. */
export const ATTACKER_GOALS = ['impersonate', 'drain', 'corrupt', 'disrupt'] as const;
export const INCIDENT_STATES = ['open', 'acknowledged', 'contained', 'closed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** 1 is the gravest. */
const severity = z.number().int().min(1).max(4);
const whole = z.string().regex(/^-?\d+$/);
const at = z.iso.datetime();

/** A step of a runbook: a signed action of the route table, never a script. */
const step = z.object({ route: z.string(), does: z.string() });

export const alertRule = z.object({
  id: z.string(),
  title: z.string(),
  asset: z.enum(INCIDENT_ASSETS),
  goal: z.enum(ATTACKER_GOALS),
  severity,
  /** Kinds of ledger entries that it reads. */
  on: z.array(z.string()),
  /** The rule itself: what it counts, over which time, from which figure on. */
  detect: z.record(z.string(), z.unknown()),
  steps: z.array(step),
});
export type AlertRuleView = z.infer<typeof alertRule>;

export const alert = z.object({
  id: idOf('alert'),
  incidentId: idOf('incident'),
  rule: z.string(),
  title: z.string(),
  /** Whom or what it is about: an id, a keyed hash, or `-` for the service itself. */
  subject: z.string(),
  severity,
  state: z.enum(['firing', 'quiet']),
  value: whole,
  threshold: whole,
  occurrences: z.number().int(),
  firstAt: at,
  lastAt: at,
  quietAt: at.nullable(),
  /** Heads of the log that it is about, for whoever compares them; none for most. */
  heads: z.array(z.object({ label: z.string(), size: z.number().int().nonnegative(), root: sha256Hex })),
  /** Numbers of the entries behind it, the first hundred. */
  evidence: z.array(z.number().int()),
  acknowledgedAt: at.nullable(),
  acknowledgedBy: z.string().nullable(),
});
export type Alert = z.infer<typeof alert>;

const dryRunAlert = z.object({
  subject: z.string(),
  firstAt: at,
  lastAt: at,
  quietAt: at.nullable(),
  occurrences: z.number().int(),
  value: whole,
  threshold: whole,
  entries: z.array(z.number().int()),
});
export type DryRunAlert = z.infer<typeof dryRunAlert>;

/** How long may pass before somebody says that they look, and before it is contained. */
const clock = z.object({
  acknowledgeBy: at,
  containBy: at,
  /** What is overdue now; null when nothing is. */
  overdue: z.enum(['acknowledge', 'contain']).nullable(),
});

export const incident = z.object({
  id: idOf('incident'),
  title: z.string(),
  asset: z.enum(INCIDENT_ASSETS),
  goal: z.enum(ATTACKER_GOALS),
  severity,
  /** Lower is graver: asset, then goal, then severity. */
  rank: z.number().int(),
  state: z.enum(INCIDENT_STATES),
  openedAt: at,
  lastAlertAt: at,
  acknowledgedAt: at.nullable(),
  containedAt: at.nullable(),
  closedAt: at.nullable(),
  clock,
  alerts: z.number().int(),
  firing: z.number().int(),
});
export type Incident = z.infer<typeof incident>;

const note = z.object({
  id: idOf('incidentNote'),
  at,
  operatorId: z.string(),
  operatorName: z.string().nullable(),
  note: z.string(),
});

const page = { limit: z.coerce.number().int().min(1).max(200).default(100) };
const eventId = idOf('entry');
const reason = z.string().trim().min(1, 'say why').max(500);

const read = {
  method: 'GET',
  plane: 'admin',
  policy: { bearer: 'admin', signed: 'no' },
  effect: 'read',
  events: [],
} as const;

const act = {
  method: 'POST',
  plane: 'admin',
  policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
  effect: 'mutate',
} as const;

/** What has been noticed, what it belongs to, and what people did about it (SPEC 16). */
export const incidentRoutes = defineRoutes({
  'alerts.list': {
    ...read,
    path: '/api/alerts',
    summary: 'Alerts, newest first',
    query: z.object({
      ...page,
      state: z.enum(['firing', 'quiet']).optional(),
      cursor: idOf('alert').optional(),
    }),
    answers: { 200: z.object({ alerts: z.array(alert), nextCursor: z.string().nullable() }) },
  },
  'alerts.rules': {
    ...read,
    path: '/api/alert-rules',
    summary: 'The alert rules as they are judged, with the steps of their runbooks',
    answers: { 200: z.object({ rules: z.array(alertRule) }) },
  },
  'alerts.dry-run': {
    ...read,
    path: '/api/alert-rules/:rule/dry-run',
    summary:
      'What a rule would have raised over the recorded past, with its own threshold or another; nothing is written',
    params: z.object({ rule: z.string().max(64) }),
    query: z.object({
      from: at.optional(),
      to: at.optional(),
      above: z.coerce.number().int().min(0).max(1_000_000_000).optional(),
    }),
    answers: {
      200: z.object({
        alerts: z.array(dryRunAlert),
        /** Entries that were read. */
        entries: z.number().int(),
        /** False when there were more entries than one answer reads; `until` says how far it came. */
        complete: z.boolean(),
        until: at.nullable(),
      }),
    },
  },
  'alerts.acknowledge': {
    ...act,
    path: '/api/alerts/:id/acknowledge',
    summary: 'Say that somebody looks at an alert; it rings again when it happens again',
    params: z.object({ id: idOf('alert') }),
    /** How often it had happened when it was read: what came since is not acknowledged with it. */
    body: z.strictObject({ occurrences: z.number().int().min(1) }),
    answers: { 200: z.object({ alert, eventId }) },
    risk: {
      level: 'routine',
      reason:
        'It changes no control and mutes nothing: the alert stays, and rings again when it happens again.',
    },
    events: ['alert.acknowledged'],
  },
  'incidents.list': {
    ...read,
    path: '/api/incidents',
    summary: 'Incidents, the gravest first: by asset, then by what the attacker wants',
    query: z.object({ ...page, state: z.enum([...INCIDENT_STATES, 'unclosed']).default('unclosed') }),
    answers: { 200: z.object({ incidents: z.array(incident) }) },
  },
  'incidents.get': {
    ...read,
    path: '/api/incidents/:id',
    summary: 'One incident with its alerts, its notes and the steps of its runbooks',
    params: z.object({ id: idOf('incident') }),
    answers: {
      200: z.object({ incident, alerts: z.array(alert), notes: z.array(note), steps: z.array(step) }),
    },
  },
  'incidents.timeline': {
    ...read,
    path: '/api/incidents/:id/timeline',
    summary: 'What the ledger says about an incident and its subjects, oldest first',
    params: z.object({ id: idOf('incident') }),
    answers: { 200: z.object({ entries: z.array(ledgerEntry), complete: z.boolean() }) },
  },
  'incidents.note': {
    ...act,
    path: '/api/incidents/:id/notes',
    summary: 'Write a note to an incident; it is never changed or taken away',
    params: z.object({ id: idOf('incident') }),
    body: z.strictObject({ note: z.string().trim().min(1, 'write something').max(4000) }),
    answers: { 201: z.object({ note, eventId }) },
    risk: { level: 'routine', reason: 'A note adds to the record and changes nothing else.' },
    events: ['incident.noted'],
  },
  'incidents.move': {
    ...act,
    path: '/api/incidents/:id/state',
    summary: 'Say how far an incident is: acknowledged, contained or closed',
    params: z.object({ id: idOf('incident') }),
    body: z.strictObject({
      to: z.enum(['acknowledged', 'contained', 'closed']),
      title: z.string().min(1),
      reason,
    }),
    answers: { 200: z.object({ incident, eventId }) },
    risk: { level: 'sensitive' },
    card: {
      title: 'Change the state of an incident',
      effect: 'The incident counts as this from now on. A closed one stays closed; new alerts open another.',
    },
    names: ['title'],
    events: ['incident.state-changed'],
  },
});

import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

const whole = z.string().regex(/^-?\d+$/);

/** Alerts, incidents, and what was done about them. */
export const incidentEvents = defineEvents({
  'auth.sources': {
    category: 'auth',
    says: 'Addresses refused again and again, by keyed hash',
    data: z.strictObject({
      minute: z.iso.datetime(),
      /** Refusals of each over the five minutes that end with this one; the most refused, a bounded number of them. */
      sources: z.array(z.strictObject({ subject: z.string(), failures: count })),
      /** Addresses beyond the bound. */
      more: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'canary.planted': {
    category: 'incident',
    says: 'Secret planted to be stolen',
    data: z.strictObject({ canaryId: idOf('canary'), label: z.string(), displayPrefix: z.string() }),
    redactable: ['label', 'displayPrefix'],
    asset: 'control',
    boundary: 'secret-persistence',
  },
  'canary.used': {
    category: 'incident',
    says: 'A planted secret was used: somebody has read where it lay',
    data: z.strictObject({ canaryId: idOf('canary'), label: z.string(), uses: count }),
    redactable: ['label'],
    asset: 'control',
    boundary: 'secret-persistence',
  },
  'alert.raised': {
    category: 'incident',
    says: 'Alert raised',
    data: z.strictObject({
      alertId: idOf('alert'),
      incidentId: idOf('incident'),
      rule: z.string(),
      subject: z.string(),
      severity: count,
      value: whole,
      threshold: whole,
      /** Number of the entry that raised it; null for what was measured. */
      entry: count.nullable(),
      /** It was acknowledged, and has happened again since. */
      again: z.boolean(),
    }),
    redactable: ['subject'],
    asset: 'control',
    boundary: 'client-api',
  },
  'alert.quieted': {
    category: 'incident',
    says: 'What an alert told of has ceased',
    data: z.strictObject({ alertId: idOf('alert'), rule: z.string(), subject: z.string() }),
    redactable: ['subject'],
    asset: 'control',
    boundary: 'client-api',
  },
  'alert.acknowledged': {
    category: 'incident',
    says: 'Alert acknowledged',
    data: z.strictObject({ alertId: idOf('alert'), rule: z.string(), occurrences: count }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'incident.opened': {
    category: 'incident',
    says: 'Incident opened',
    data: z.strictObject({
      incidentId: idOf('incident'),
      title: z.string(),
      asset: z.string(),
      goal: z.string(),
      severity: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'incident.state-changed': {
    category: 'incident',
    says: 'State of an incident changed',
    data: z.strictObject({
      incidentId: idOf('incident'),
      from: z.string(),
      to: z.string(),
      reason: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'incident.noted': {
    category: 'incident',
    says: 'Note written to an incident',
    data: z.strictObject({ incidentId: idOf('incident'), noteId: idOf('incidentNote'), note: z.string() }),
    redactable: ['note'],
    asset: 'control',
    boundary: 'client-api',
  },
  'spending.frozen': {
    category: 'incident',
    says: 'All spending stopped',
    data: z.strictObject({ freezeId: idOf('freeze'), reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
  'spending.resumed': {
    category: 'incident',
    says: 'Spending allowed again by two persons',
    data: z.strictObject({ freezeId: idOf('freeze'), reason: z.string(), proposalId: idOf('proposal') }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
  'order.prepared': {
    category: 'incident',
    says: 'Break-glass order prepared',
    data: z.strictObject({
      orderId: idOf('order'),
      does: z.enum(['freeze', 'contain']),
      credentialKind: z.string().nullable(),
      credentialId: z.string().nullable(),
      reason: z.string(),
      until: z.iso.datetime(),
      runs: count,
      /** SHA-256 of its file. */
      digest: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'order.revoked': {
    category: 'incident',
    says: 'Break-glass order revoked',
    data: z.strictObject({ orderId: idOf('order'), reason: z.string() }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'order.ran': {
    category: 'incident',
    says: 'Break-glass order run by whoever holds its code',
    data: z.strictObject({
      orderId: idOf('order'),
      does: z.enum(['freeze', 'contain']),
      /** The freeze or the containment. */
      subject: z.string(),
      runsLeft: count,
      /** Who signed it when it was prepared. */
      preparedBy: z.string(),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'order.refused': {
    category: 'incident',
    says: 'Break-glass order refused to somebody who holds its code',
    data: z.strictObject({ orderId: idOf('order'), because: z.string() }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'shift.handed-over': {
    category: 'incident',
    says: 'Shift handed over',
    data: z.strictObject({
      handoverId: idOf('handover'),
      /** Incidents that were not closed. */
      incidents: z.array(idOf('incident')),
      freezeId: idOf('freeze').nullable(),
      /** Wallets that were frozen one by one; entries of earlier versions do not tell them. */
      wallets: z.array(z.string()).optional(),
      note: z.string(),
      /** SHA-256 of what was signed. */
      digest: z.string(),
    }),
    redactable: ['note'],
    asset: 'control',
    boundary: 'client-api',
  },
  'shift.taken-over': {
    category: 'incident',
    says: 'Shift taken over',
    data: z.strictObject({ handoverId: idOf('handover'), digest: z.string(), givenBy: z.string() }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'containment.ordered': {
    category: 'incident',
    says: 'Credential contained with all that derives from it',
    data: z.strictObject({
      containmentId: idOf('containment'),
      incidentId: idOf('incident').nullable(),
      credentialKind: z.string(),
      credentialId: z.string(),
      steps: count,
      reason: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'containment.finished': {
    category: 'incident',
    says: 'Containment finished',
    data: z.strictObject({
      containmentId: idOf('containment'),
      credentialKind: z.string(),
      credentialId: z.string(),
      sessions: count,
      keys: count,
      agentCredentials: count,
      tokens: count,
      payerSessions: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'containment.released': {
    category: 'incident',
    says: 'Contained account may sign in again',
    data: z.strictObject({
      containmentId: idOf('containment'),
      accountId: idOf('account'),
      reason: z.string(),
      proposalId: idOf('proposal'),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
});

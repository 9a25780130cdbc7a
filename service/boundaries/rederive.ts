import { createHash } from 'node:crypto';
import { derive } from '../ledger/derive.ts';
import type { Rederivers } from '../ledger/rederive.ts';
import { alertStates, incidentStates, noteStates } from './rederive-alerts.ts';
import {
  everyCanary,
  everyContainment,
  everyHandover,
  everyOrder,
  everyRun,
  everyWebhook,
} from './states.store.ts';

interface ContainmentState {
  readonly credentialKind: string;
  readonly credentialId: string;
  readonly incidentId: string | null;
  readonly reason: string;
  readonly by: string;
  readonly steps: number;
  readonly finished: boolean;
  readonly releasedBy: string | null;
  readonly releaseReason: string | null;
}

/** Containments: what was ordered, how much of it there is to do, and whether an account is kept out. */
const containmentStates = derive<ContainmentState>({
  domain: 'containments',
  tables: ['containments'],
  stored: async function* (tx) {
    for await (const row of everyContainment(tx))
      yield [
        row.id,
        {
          ...{ credentialKind: row.kind, credentialId: row.credential, incidentId: row.incident_id },
          ...{ reason: row.reason, by: row.operator_id, steps: Number(row.steps) },
          ...{ finished: row.finished_at !== null, releasedBy: row.released_by },
          releaseReason: row.release_reason,
        },
      ];
  },
  steps: {
    'containment.ordered': (told, { containmentId, ...ordered }, { actor: by }) =>
      told.is(containmentId, { ...ordered, by, finished: false, releasedBy: null, releaseReason: null }),
    'containment.finished': (told, { containmentId }) => told.is(containmentId, { finished: true }),
    'containment.released': (told, { containmentId, reason: releaseReason }, { actor: releasedBy }) =>
      told.is(containmentId, { releasedBy, releaseReason }),
  },
});

interface OrderState {
  /** SHA-256 of its file: of everything that was signed. */
  readonly digest: string;
  readonly preparedBy: string;
  readonly until: string;
  readonly runs: number;
  readonly runsUsed: number;
  readonly revokedBy: string | null;
  readonly revokedReason: string | null;
}

/** Break-glass orders: what was signed in advance, and how much of it is left. */
const orderStates = derive<OrderState>({
  domain: 'break-glass orders',
  tables: ['break_glass_orders'],
  stored: async function* (tx) {
    for await (const row of everyOrder(tx))
      yield [
        row.id,
        {
          digest: createHash('sha256').update(row.file).digest('hex'),
          ...{ preparedBy: row.prepared_by, until: row.until.toISOString(), runs: row.runs },
          ...{ runsUsed: row.runs_used, revokedBy: row.revoked_by, revokedReason: row.revoked_reason },
        },
      ];
  },
  steps: {
    'order.prepared': (told, { orderId, digest, until, runs }, { actor: preparedBy }) =>
      told.is(orderId, {
        ...{ digest, until, runs, preparedBy, runsUsed: 0, revokedBy: null, revokedReason: null },
      }),
    'order.ran': (told, { orderId, runsLeft }) => {
      const { runs } = told.of(orderId) ?? {};
      if (runs !== undefined) told.is(orderId, { runsUsed: runs - runsLeft });
    },
    'order.revoked': (told, { orderId, reason: revokedReason }, { actor: revokedBy }) =>
      told.is(orderId, { revokedBy, revokedReason }),
  },
});

/** Runs of orders, by what each did. */
const runStates = derive<object>({
  domain: 'runs of orders',
  tables: ['break_glass_runs'],
  stored: async (tx) => (await everyRun(tx)).map(({ order_id, subject }) => [`${order_id} ${subject}`, {}]),
  steps: { 'order.ran': (told, { orderId, subject }) => told.is(`${orderId} ${subject}`, {}) },
});

interface CanaryState {
  readonly label: string;
  readonly displayPrefix: string;
  readonly plantedBy: string;
}

/** Planted secrets: one that is taken away tells of no thief any more. */
const canaryStates = derive<CanaryState>({
  domain: 'canaries',
  tables: ['canaries'],
  stored: async function* (tx) {
    for await (const { id, label, display_prefix: displayPrefix, planted_by: plantedBy } of everyCanary(tx))
      yield [id, { label, displayPrefix, plantedBy }];
  },
  steps: {
    'canary.planted': (told, { canaryId, label, displayPrefix }, { actor: plantedBy }) =>
      told.is(canaryId, { label, displayPrefix, plantedBy }),
  },
});

interface HandoverState {
  readonly note: string;
  readonly digest: string;
  readonly givenBy: string;
  readonly takenBy: string | null;
}

/** Who went, who came, and what the one signed for the other. */
const handoverStates = derive<HandoverState>({
  domain: 'hand-overs',
  tables: ['handovers'],
  stored: async function* (tx) {
    for await (const { id, note, digest, given_by: givenBy, taken_by: takenBy } of everyHandover(tx))
      yield [id, { note, digest: digest.toString('hex'), givenBy, takenBy }];
  },
  steps: {
    'shift.handed-over': (told, { handoverId, note, digest }, { actor: givenBy }) =>
      told.is(handoverId, { note, digest, givenBy, takenBy: null }),
    'shift.taken-over': (told, { handoverId }, { actor: takenBy }) => told.is(handoverId, { takenBy }),
  },
});

interface WebhookState {
  readonly url: string;
  readonly setBy: string;
  readonly endedBy: string | null;
}

/** Where alerts are told: another address, or none, would let them ring unheard. */
const webhookStates = derive<WebhookState>({
  domain: 'webhooks',
  tables: ['alert_webhooks'],
  stored: async function* (tx) {
    for await (const { id, url, set_by: setBy, ended_by: endedBy } of everyWebhook(tx))
      yield [id, { url, setBy, endedBy }];
  },
  steps: {
    'webhook.set': (told, { webhookId, url, replaces }, { actor: setBy }) => {
      if (replaces !== null) told.is(replaces, { endedBy: setBy });
      told.is(webhookId, { url, setBy, endedBy: null });
    },
    'webhook.removed': (told, { webhookId }, { actor: endedBy }) => told.is(webhookId, { endedBy }),
  },
});

/** What responders did, and what told them to. */
export const BOUNDARY_STATES: Rederivers = [
  ...[alertStates, incidentStates, noteStates, containmentStates, orderStates, runStates],
  ...[canaryStates, handoverStates, webhookStates],
];

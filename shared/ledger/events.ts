import { z } from 'zod';
import { idOf } from '../ids/ids.ts';

export const EVENT_CATEGORIES = ['operator', 'key', 'limit', 'auth', 'payer', 'service', 'vault'] as const;
export type EventCategory = (typeof EVENT_CATEGORIES)[number];

/** What an attacker who forged or hid this event would gain (SPEC 16 ranks incidents by it). */
export type Asset = 'control' | 'money' | 'ownership' | 'evidence';

interface EventDefinition {
  readonly category: EventCategory;
  /** One short clause for lists, in the past tense. */
  readonly says: string;
  readonly data: z.ZodObject;
  /** Fields an export may withhold without breaking the proof. */
  readonly redactable: readonly string[];
  readonly asset: Asset;
  readonly boundary: 'client-api' | 'api-database' | 'api-provider' | 'secret-persistence';
}

const defineEvents = <const T extends Readonly<Record<string, EventDefinition>>>(table: T): T => table;

const count = z.number().int().nonnegative();

/** Every kind of ledger entry. Staging, stream, screens, alerts and exports read this table. */
export const EVENTS = defineEvents({
  'service.started': {
    category: 'service',
    says: 'Service started',
    data: z.strictObject({
      version: z.string(),
      mode: z.enum(['bundled', 'standalone']),
      signatures: z.string(),
    }),
    redactable: [],
    asset: 'evidence',
    boundary: 'client-api',
  },
  'ledger.quarantined': {
    category: 'service',
    says: 'Forged staged entries quarantined',
    data: z.strictObject({ count, reasons: z.array(z.string()) }),
    redactable: [],
    asset: 'evidence',
    boundary: 'api-database',
  },
  'operator.invited': {
    category: 'operator',
    says: 'Operator invited',
    data: z.strictObject({
      invitationId: idOf('invitation'),
      name: z.string(),
      role: z.string(),
      expiresAt: z.iso.datetime(),
    }),
    redactable: ['name'],
    asset: 'control',
    boundary: 'client-api',
  },
  'operator.enrolled': {
    category: 'operator',
    says: 'Operator enrolled',
    data: z.strictObject({
      operatorId: idOf('operator'),
      name: z.string(),
      role: z.string(),
      keyId: z.string(),
      by: z.enum(['first-enrolment', 'invitation', 'recovery']),
    }),
    redactable: ['name'],
    asset: 'control',
    boundary: 'client-api',
  },
  'operator.revoked': {
    category: 'operator',
    says: 'Operator revoked',
    data: z.strictObject({
      operatorId: idOf('operator'),
      name: z.string(),
      role: z.string(),
      keyId: z.string(),
      reason: z.string(),
      invitations: count,
      proposals: count,
      administratorsLeft: count,
    }),
    redactable: ['name', 'reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'operator.role-changed': {
    category: 'operator',
    says: 'Operator’s role changed',
    data: z.strictObject({
      operatorId: idOf('operator'),
      name: z.string(),
      from: z.string(),
      to: z.string(),
      proposalId: idOf('proposal'),
    }),
    redactable: ['name'],
    asset: 'control',
    boundary: 'client-api',
  },
  'operator.recovery-issued': {
    category: 'operator',
    says: 'Recovery code issued on the host',
    data: z.strictObject({ invitationId: idOf('invitation'), expiresAt: z.iso.datetime() }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'operator.recovered': {
    category: 'operator',
    says: 'Administrator enrolled with a recovery code of the host',
    data: z.strictObject({
      operatorId: idOf('operator'),
      name: z.string(),
      role: z.string(),
      keyId: z.string(),
      invitationId: idOf('invitation'),
    }),
    redactable: ['name'],
    asset: 'control',
    boundary: 'client-api',
  },
  'proposal.proposed': {
    category: 'operator',
    says: 'Critical action proposed',
    data: z.strictObject({
      proposalId: idOf('proposal'),
      digest: z.string(),
      route: z.string(),
      target: z.string(),
      proposerId: idOf('operator'),
      proposerName: z.string(),
      keyId: z.string(),
      expiresAt: z.iso.datetime(),
    }),
    redactable: ['proposerName'],
    asset: 'control',
    boundary: 'client-api',
  },
  'proposal.approved': {
    category: 'operator',
    says: 'Critical action approved by a second person',
    data: z.strictObject({
      proposalId: idOf('proposal'),
      digest: z.string(),
      keyId: z.string(),
      nonce: z.string(),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'proposal.executed': {
    category: 'operator',
    says: 'Critical action executed',
    data: z.strictObject({
      proposalId: idOf('proposal'),
      digest: z.string(),
      route: z.string(),
      subject: z.string(),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'proposal.withdrawn': {
    category: 'operator',
    says: 'Critical action withdrawn',
    data: z.strictObject({ proposalId: idOf('proposal'), digest: z.string(), reason: z.string() }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'proposal.expired': {
    category: 'operator',
    says: 'Critical action expired without a second person',
    data: z.strictObject({ proposalId: idOf('proposal'), digest: z.string() }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'key.created': {
    category: 'key',
    says: 'Inference key created',
    data: z.strictObject({
      keyId: idOf('key'),
      label: z.string(),
      displayPrefix: z.string(),
      requestsPerMinute: count,
    }),
    redactable: ['label'],
    asset: 'control',
    boundary: 'client-api',
  },
  'key.revoked': {
    category: 'key',
    says: 'Inference key revoked',
    data: z.strictObject({ keyId: idOf('key'), displayPrefix: z.string(), reason: z.string() }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'key.limit-raised': {
    category: 'key',
    says: 'Rate limit of a key raised',
    data: z.strictObject({
      keyId: idOf('key'),
      displayPrefix: z.string(),
      from: count,
      to: count,
      proposalId: idOf('proposal'),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'key.limit-lowered': {
    category: 'key',
    says: 'Rate limit of a key lowered',
    data: z.strictObject({
      keyId: idOf('key'),
      displayPrefix: z.string(),
      from: count,
      to: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'auth.refusals': {
    category: 'auth',
    says: 'Requests refused for a bad credential',
    data: z.strictObject({
      minute: z.iso.datetime(),
      reason: z.string(),
      plane: z.enum(['public', 'admin']),
      count,
      subjects: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'limit.refusals': {
    category: 'limit',
    says: 'Requests refused over a limit',
    data: z.strictObject({
      minute: z.iso.datetime(),
      scope: z.enum(['ip', 'key', 'operator', 'agent']),
      count,
      subjects: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'payer.session-issued': {
    category: 'payer',
    says: 'Payer session issued',
    data: z.strictObject({
      sessionId: idOf('payerSession'),
      purpose: z.string(),
      signatureAllowance: count,
      payerKey: z.string().nullable(),
      expiresAt: z.iso.datetime(),
    }),
    redactable: ['purpose'],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-refreshed': {
    category: 'payer',
    says: 'Payer session prolonged',
    data: z.strictObject({ sessionId: idOf('payerSession'), expiresAt: z.iso.datetime() }),
    redactable: [],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-signed': {
    category: 'payer',
    says: 'Signature counted against a payer session',
    data: z.strictObject({
      sessionId: idOf('payerSession'),
      signaturesUsed: count,
      signatureAllowance: count,
      exhausted: z.boolean(),
    }),
    redactable: [],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-revoked': {
    category: 'payer',
    says: 'Payer session revoked',
    data: z.strictObject({ sessionId: idOf('payerSession'), reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-expired': {
    category: 'payer',
    says: 'Payer session expired',
    data: z.strictObject({ sessionId: idOf('payerSession') }),
    redactable: [],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.key-changed': {
    category: 'payer',
    says: 'Payer key changed; earlier sessions revoked',
    data: z.strictObject({
      former: z.string().nullable(),
      current: z.string().nullable(),
      revokedSessions: count,
    }),
    redactable: [],
    asset: 'money',
    boundary: 'secret-persistence',
  },
  'limit.degraded': {
    category: 'limit',
    says: 'Limiter lost Redis and counts in this process alone',
    data: z.strictObject({
      outageId: idOf('outage'),
      since: z.iso.datetime(),
      reason: z.enum(['slow', 'refused', 'unreachable']),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'limit.restored': {
    category: 'limit',
    says: 'Limiter counts in Redis again',
    data: z.strictObject({
      outageId: idOf('outage'),
      since: z.iso.datetime(),
      until: z.iso.datetime(),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
});

export type EventKind = keyof typeof EVENTS;
export const EVENT_KINDS = Object.keys(EVENTS) as EventKind[];
export type EventData<K extends EventKind> = z.infer<(typeof EVENTS)[K]['data']>;

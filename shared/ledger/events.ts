import { z } from 'zod';
import { idOf } from '../ids/ids.ts';

export const EVENT_CATEGORIES = [
  'operator',
  'key',
  'account',
  'agent',
  'limit',
  'auth',
  'service',
  'vault',
] as const;
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
const accountRole = z.enum(['user', 'admin', 'super_admin']);

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
      by: z.enum(['first-enrolment', 'invitation']),
    }),
    redactable: ['name'],
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
  // Accounts are named by id only: an e-mail address has no place in a log that nothing is ever deleted from.
  'account.registered': {
    category: 'account',
    says: 'Account registered',
    data: z.strictObject({ accountId: idOf('account'), role: accountRole }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'account.role-changed': {
    category: 'account',
    says: 'Role of an account changed',
    data: z.strictObject({
      accountId: idOf('account'),
      from: accountRole,
      to: accountRole,
      reason: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'session.opened': {
    category: 'account',
    says: 'Account logged in',
    data: z.strictObject({ accountId: idOf('account'), sessionId: idOf('accountSession') }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'session.refreshed': {
    category: 'account',
    says: 'Session refreshed',
    data: z.strictObject({
      accountId: idOf('account'),
      sessionId: idOf('accountSession'),
      generation: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'session.revoked': {
    category: 'account',
    says: 'Sessions of an account revoked',
    data: z.strictObject({
      accountId: idOf('account'),
      /** Null: every session that the account had. */
      sessionId: idOf('accountSession').nullable(),
      count,
      cause: z.enum(['logout', 'logout-all', 'operator']),
      reason: z.string().nullable(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'session.reuse-detected': {
    category: 'account',
    says: 'Refresh token used twice; its session was revoked',
    data: z.strictObject({
      accountId: idOf('account'),
      sessionId: idOf('accountSession'),
      generation: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'signing-key.activated': {
    category: 'account',
    says: 'New key signs access tokens',
    data: z.strictObject({
      version: count,
      kid: z.string(),
      cause: z.enum(['first-use', 'rotation', 'other-root']),
      /** Until when tokens of the former keys are good; null when there was none. */
      overlapUntil: z.iso.datetime().nullable(),
      reason: z.string().nullable(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'agent.registered': {
    category: 'agent',
    says: 'Agent registered',
    data: z.strictObject({
      agentId: idOf('agent'),
      name: z.string(),
      keyId: idOf('key'),
      displayPrefix: z.string(),
    }),
    redactable: ['name'],
    asset: 'ownership',
    boundary: 'client-api',
  },
  'agent.claimed': {
    category: 'agent',
    says: 'Agent claimed by an account',
    data: z.strictObject({ agentId: idOf('agent'), accountId: idOf('account') }),
    redactable: [],
    asset: 'ownership',
    boundary: 'client-api',
  },
  'agent.rekeyed': {
    category: 'agent',
    says: 'Agent given a new key; its old ones were revoked',
    data: z.strictObject({
      agentId: idOf('agent'),
      keyId: idOf('key'),
      displayPrefix: z.string(),
      revoked: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
  'agent.identity-issued': {
    category: 'agent',
    says: 'Identity token issued to an agent',
    data: z.strictObject({ agentId: idOf('agent'), expiresAt: z.iso.datetime() }),
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
      scope: z.enum(['ip', 'key', 'operator']),
      count,
      subjects: count,
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
});

export type EventKind = keyof typeof EVENTS;
export const EVENT_KINDS = Object.keys(EVENTS) as EventKind[];
export type EventData<K extends EventKind> = z.infer<(typeof EVENTS)[K]['data']>;

import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { exactAmount } from '../money/units.ts';
import { proposed } from './proposal.ts';
import { defineRoutes } from './route.ts';

/** Everything that opens a door, and the account that most of it belongs to. */
export const CREDENTIAL_KINDS = [
  'account',
  'session',
  'refresh-token',
  'management',
  'inference',
  'platform',
  'identity',
  'payer-session',
  'operator',
  'admin-token',
  'facilitator',
] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** What a route can revoke. An operator has a route of its own; the others stand in the configuration and are rotated there. */
export const CONTAINABLE = [
  'account',
  'session',
  'refresh-token',
  'management',
  'inference',
  'platform',
  'identity',
  'payer-session',
] as const satisfies readonly CredentialKind[];
export type ContainableKind = (typeof CONTAINABLE)[number];

/** An id of the kind; what stands in the configuration has none and is written `-`. */
const credentialId = z.string().regex(/^(-|[a-z]{3}_[0-9a-hjkmnp-tv-z]{26})$/, 'expected an id, or -');
const at = z.iso.datetime();
const count = z.number().int().nonnegative();
const reason = z.string().trim().min(1, 'say why').max(500);

export const CONTAINMENT_ACTIONS = [
  'session',
  'sessions-of-account',
  'key',
  'keys-of-account',
  'agent-key',
  'agents-of-account',
  'token',
  'tokens-of-agent',
  'payer-session',
] as const;
export type ContainmentAction = (typeof CONTAINMENT_ACTIONS)[number];

const planned = z.object({
  action: z.enum(CONTAINMENT_ACTIONS),
  target: z.string(),
  /** Only what was made from then on, as whoever held the credential could have made it; null: all of it. */
  since: at.nullable(),
  /** Credentials that it would revoke now. */
  count,
});

const reach = z.object({
  route: z.string(),
  method: z.string(),
  path: z.string(),
  summary: z.string(),
  effect: z.enum(['read', 'mutate']),
  /** A second person has to approve what is asked for. */
  proposes: z.boolean(),
});
export type Reach = z.infer<typeof reach>;

export const stolen = z.object({
  kind: z.enum(CREDENTIAL_KINDS),
  id: z.string(),
  /** What people call it: an e-mail address, the beginning of a key, a purpose. */
  name: z.string(),
  state: z.enum(['active', 'expired', 'revoked']),
  accountId: z.string().nullable(),
  agentId: z.string().nullable(),
  /** Routes that it opens and that nobody opens without a credential. */
  reach: z.array(reach),
  /** Credentials that whoever holds it can make with it. */
  becomes: z.array(z.enum(CREDENTIAL_KINDS)),
  spend: z.object({
    /** Credits at most, now; null: no figure bounds it. */
    credits: exactAmount.nullable(),
    /** Payments that the payer may still sign with it. */
    signatures: count,
    wallets: z.array(z.object({ address: z.string(), available: exactAmount })),
    /** What bounds it, one sentence each. */
    because: z.array(z.string()),
  }),
  /** What containing it would revoke: a dry run. Empty for what no route can revoke. */
  plan: z.array(planned),
  /** What else to do, in words. */
  advice: z.array(z.string()),
});
export type Stolen = z.infer<typeof stolen>;

export const containment = z.object({
  id: idOf('containment'),
  kind: z.enum(CONTAINABLE),
  credentialId: z.string(),
  name: z.string(),
  reason: z.string(),
  incidentId: idOf('incident').nullable(),
  orderedAt: at,
  orderedBy: z.string(),
  finishedAt: at.nullable(),
  /** When two persons let the account sign in again; always null for what is no account. */
  releasedAt: at.nullable(),
  steps: z.array(
    z.object({
      action: z.enum(CONTAINMENT_ACTIONS),
      target: z.string(),
      since: at.nullable(),
      revoked: count,
      doneAt: at.nullable(),
    }),
  ),
});
export type Containment = z.infer<typeof containment>;

const read = {
  method: 'GET',
  plane: 'admin',
  policy: { bearer: 'admin', signed: 'no' },
  effect: 'read',
  events: [],
} as const;

/** What a stolen credential means, and one signature that ends it (SPEC 16). */
export const containmentRoutes = defineRoutes({
  'stolen.assume': {
    ...read,
    path: '/api/assume-stolen',
    summary: 'What a credential reaches, what it could spend, and what containing it would revoke: a dry run',
    query: z.object({ kind: z.enum(CREDENTIAL_KINDS), id: credentialId.default('-') }),
    answers: { 200: z.object({ stolen }) },
  },
  'containments.order': {
    method: 'POST',
    path: '/api/containments',
    summary:
      'Revoke a credential and all that derives from it; it goes on after a crash until nothing is left',
    plane: 'admin',
    body: z.strictObject({
      kind: z.enum(CONTAINABLE),
      id: credentialId,
      /** As the dry run calls it: what was signed is what is revoked. */
      name: z.string().min(1).max(300),
      reason,
      incidentId: idOf('incident').nullable().default(null),
    }),
    answers: { 202: z.object({ containment, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    // Containment never waits for a second person.
    risk: { level: 'sensitive' },
    card: {
      title: 'Contain a credential',
      effect:
        'It is refused from now on, and so is everything that was or could have been made with it. What is revoked stays revoked; an account signs in again only when two persons release it.',
    },
    events: [
      ...(['containment.ordered', 'containment.finished', 'session.revoked', 'key.revoked'] as const),
      ...(['agent.key-revoked', 'agent.identity-revoked', 'payer.session-revoked'] as const),
    ],
  },
  'containments.release': {
    method: 'POST',
    path: '/api/containments/:id/release',
    summary: 'Propose to let a contained account sign in again; a second operator approves it',
    plane: 'admin',
    params: z.object({ id: idOf('containment') }),
    body: z.strictObject({ name: z.string().min(1).max(300), reason }),
    names: ['name'],
    answers: { 202: proposed },
    policy: { bearer: 'admin', signed: ['responder', 'administrator'] },
    effect: 'mutate',
    // It weakens a control that somebody thought necessary.
    risk: { level: 'critical' },
    card: {
      title: 'Let a contained account sign in again',
      effect:
        'Its password opens sessions again, for whoever knows it. Everything that the containment revoked stays revoked.',
    },
    events: ['proposal.proposed', 'containment.released'],
  },
  'containments.list': {
    ...read,
    path: '/api/containments',
    summary: 'Containments, newest first, with what each has revoked so far',
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(50) }),
    answers: { 200: z.object({ containments: z.array(containment) }) },
  },
  'containments.get': {
    ...read,
    path: '/api/containments/:id',
    summary: 'One containment and its steps',
    params: z.object({ id: idOf('containment') }),
    answers: { 200: z.object({ containment }) },
  },
});

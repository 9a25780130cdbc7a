import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/entry.ts';
import { defineRoutes } from './route.ts';

export const PAYER_SESSION_STATES = ['ACTIVE', 'EXPIRED', 'EXHAUSTED', 'REVOKED'] as const;
export type PayerSessionState = (typeof PAYER_SESSION_STATES)[number];

/** Seconds that a session lives; a day at most, because nobody remembers longer what was allowed. */
export const sessionSeconds = z.number().int().min(1).max(86_400).default(3600);

/** Payments that a session may sign. More than a thousand is no allowance but a blank cheque. */
export const signatureAllowance = z.number().int().min(1).max(1000).default(3);

export const payerSession = z.object({
  id: idOf('payerSession'),
  purpose: z.string(),
  state: z.enum(PAYER_SESSION_STATES),
  /** SHA-256 of the payer's public key, or null: the service had none when the session was issued. */
  payerKey: sha256Hex.nullable(),
  signatureAllowance: z.number().int(),
  signaturesUsed: z.number().int(),
  issuedAt: z.iso.datetime(),
  issuedBy: z.string(),
  expiresAt: z.iso.datetime(),
  refreshedAt: z.iso.datetime().nullable(),
  lastSignedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  endedReason: z.string().nullable(),
});
export type PayerSession = z.infer<typeof payerSession>;

const params = z.object({ id: idOf('payerSession') });
const changed = z.object({ session: payerSession, eventId: idOf('entry') });

/** Whoever rotates the payer's key decides what it may sign; a responder may only take away. */
const MAY_GRANT = ['custodian', 'administrator'] as const;
const MAY_STOP = ['responder', 'custodian', 'administrator'] as const;

export const payerSessionRoutes = defineRoutes({
  'sessions.issue': {
    method: 'POST',
    path: '/api/sessions',
    summary: 'Issue a payer session: how long and how often the payer’s key may sign',
    plane: 'admin',
    body: z.strictObject({
      purpose: z.string().trim().min(1, 'say what for').max(200),
      expiresInSeconds: sessionSeconds,
      signatureAllowance,
    }),
    answers: { 201: changed },
    policy: { bearer: 'admin', signed: MAY_GRANT },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Issue a payer session',
      effect: 'The autonomous payer can spend with the payer’s key, as often and as long as stated here.',
    },
    events: ['payer.session-issued'],
  },
  'sessions.active': {
    method: 'GET',
    path: '/api/sessions/active',
    summary: 'Payer sessions that can sign now, newest first',
    plane: 'admin',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(500).default(200),
      cursor: idOf('payerSession').optional(),
    }),
    answers: { 200: z.object({ sessions: z.array(payerSession), nextCursor: z.string().nullable() }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'sessions.get': {
    method: 'GET',
    path: '/api/sessions/:id',
    summary: 'One payer session, whatever its state',
    plane: 'admin',
    params,
    answers: { 200: z.object({ session: payerSession }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'sessions.refresh': {
    method: 'POST',
    path: '/api/sessions/:id/refresh',
    summary: 'Let an active payer session live longer; its allowance stays, and what has ended stays ended',
    plane: 'admin',
    params,
    body: z.strictObject({ expiresInSeconds: sessionSeconds }),
    answers: { 200: changed },
    policy: { bearer: 'admin', signed: MAY_GRANT },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Prolong a payer session',
      effect: 'What is left of its allowance can be spent until the new expiry.',
    },
    events: ['payer.session-refreshed', 'payer.session-expired'],
  },
  'sessions.increment': {
    method: 'POST',
    path: '/api/sessions/:id/increment',
    summary: 'Count one signature against the allowance; the last one exhausts the session',
    plane: 'admin',
    params,
    body: z.strictObject({}),
    answers: { 200: changed },
    policy: { bearer: 'admin', signed: MAY_GRANT },
    effect: 'mutate',
    risk: {
      level: 'routine',
      reason:
        'It uses up an allowance that was granted on a card: it grants nothing and moves nothing itself.',
    },
    events: ['payer.session-signed', 'payer.session-expired'],
  },
  'sessions.revoke': {
    method: 'POST',
    path: '/api/sessions/:id/revoke',
    summary: 'Revoke a payer session for ever; it never signs again',
    plane: 'admin',
    params,
    body: z.strictObject({ reason: z.string().trim().min(1, 'say why').max(500) }),
    answers: { 200: changed },
    policy: { bearer: 'admin', signed: MAY_STOP },
    effect: 'mutate',
    // Like every destruction it is read on a card first; no second person is asked, so it does not wait either.
    risk: { level: 'sensitive' },
    card: {
      title: 'Revoke a payer session',
      effect: 'The payer cannot sign with it from now on. It cannot be undone; a new one must be issued.',
    },
    events: ['payer.session-revoked', 'payer.session-expired'],
  },
});

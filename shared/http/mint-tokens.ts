import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { sha256Hex } from '../ledger/hex.ts';
import {
  ACTIVATION_MODES,
  eventId,
  jobParams,
  label,
  MAX_SERIAL,
  mints,
  moment,
  nextCursor,
  page,
  READ,
  reason,
  sensitive,
  stops,
  TOKEN_STATES,
  tokenParams,
} from './minting.ts';
import { defineRoutes } from './route.ts';

const mintToken = z.object({
  id: idOf('mintToken'),
  jobId: idOf('mintJob'),
  position: z.number().int(),
  serial: z.string(),
  /** HMAC-SHA-256 of its code, hex: what the completeness proof is over. */
  codeHash: sha256Hex,
  activation: z.enum(ACTIVATION_MODES),
  state: z.enum(TOKEN_STATES),
  activatedAt: moment.nullable(),
  voidedAt: moment.nullable(),
  /** The token that was made in its place. */
  replacedBy: idOf('mintToken').nullable(),
});
export type MintToken = z.infer<typeof mintToken>;

const tokenCounts = z.object({
  /** All that there are: minted and re-issued. */
  tokens: z.number().int(),
  issued: z.number().int(),
  active: z.number().int(),
  voided: z.number().int(),
});
export type TokenCounts = z.infer<typeof tokenCounts>;

const ofToken = { serial: label('token', MAX_SERIAL) };
const changedToken = z.object({ token: mintToken, eventId });

export const mintTokenRoutes = defineRoutes({
  'mint.tokens': {
    method: 'GET',
    path: '/api/v1/minting/jobs/:job/tokens',
    summary: 'Tokens of a mint job by position; never their codes',
    plane: 'public',
    params: jobParams,
    query: z.object({ ...page, state: z.enum(TOKEN_STATES).optional() }),
    answers: { 200: z.object({ tokens: z.array(mintToken), nextCursor }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'mint.counts': {
    method: 'GET',
    path: '/api/v1/minting/jobs/:job/counts',
    summary: 'How many tokens of a mint job are in which state',
    plane: 'public',
    params: jobParams,
    answers: { 200: z.object({ counts: tokenCounts }) },
    policy: { ...READ, owner: 404 },
    effect: 'read',
    events: [],
  },
  'mint.void': {
    method: 'POST',
    path: '/api/v1/minting/tokens/:token/void',
    summary: 'Void a token for ever',
    plane: 'public',
    params: tokenParams,
    body: z.strictObject({ ...ofToken, reason }),
    answers: { 200: changedToken },
    policy: { ...stops, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: { title: 'Void a token', effect: 'Whoever scans it is told that it is void. It cannot be undone.' },
    names: ['serial'],
    events: ['mint.token-voided'],
  },
  'mint.reissue': {
    method: 'POST',
    path: '/api/v1/minting/tokens/:token/reissue',
    summary: 'Make a token in place of a voided one, with a serial and a code of its own',
    plane: 'public',
    params: tokenParams,
    body: z.strictObject(ofToken),
    answers: { 201: z.object({ token: mintToken, replaced: mintToken, eventId }) },
    policy: { ...mints, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: {
      title: 'Re-issue a token',
      effect: 'One genuine token comes into being in place of a voided one.',
    },
    names: ['serial'],
    events: ['mint.token-reissued'],
  },
  'mint.activate': {
    method: 'POST',
    path: '/api/v1/minting/tokens/:token/activate',
    summary: 'Activate a token of a batch whose tokens are activated by hand',
    plane: 'public',
    params: tokenParams,
    body: z.strictObject(ofToken),
    answers: { 200: changedToken },
    policy: { ...mints, owner: 404 },
    idempotencyKey: 'required',
    effect: 'mutate',
    risk: sensitive,
    card: { title: 'Activate a token', effect: 'Whoever scans it is told that it is genuine and in use.' },
    names: ['serial'],
    events: ['mint.token-activated'],
  },
});

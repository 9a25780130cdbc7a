import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes, OPERATOR_ROLES } from './route.ts';

/** RFC 7638 thumbprint (SHA-256, base64url) of an Ed25519 public key: the `keyid` of every signature. */
export const keyThumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** Raw 32-byte Ed25519 public key, base64url without padding. */
export const ed25519PublicKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** 128 random bits in Crockford base32 groups, e.g. `7ZK4M-0QX2C-…`: read aloud, typed by hand. */
export const enrolmentCode = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){4}-[0-9A-HJKMNP-TV-Z]$/);

export const operatorName = z.string().trim().min(1).max(64);
export const operatorRole = z.enum(OPERATOR_ROLES);

export const operator = z.object({
  id: idOf('operator'),
  name: operatorName,
  role: operatorRole,
  keyId: keyThumbprint,
  state: z.enum(['active', 'revoked']),
  enrolledAt: z.iso.datetime(),
  lastSignedAt: z.iso.datetime().nullable(),
});
export type Operator = z.infer<typeof operator>;

export const operatorRoutes = defineRoutes({
  'operators.enrol': {
    method: 'POST',
    path: '/api/operators/enrol',
    summary: 'Enrol an operator key with a one-time code and proof of possession',
    plane: 'admin',
    body: z.strictObject({ code: enrolmentCode, name: operatorName, publicKey: ed25519PublicKey }),
    answers: { 201: z.object({ operator, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: 'by-enrolling-key' },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Enrol this console',
      effect: 'Gives this console’s key the authority to sign admin requests.',
    },
    events: ['operator.enrolled'],
  },
  'operators.list': {
    method: 'GET',
    path: '/api/operators',
    summary: 'Operators, newest first, and whether the first one has enrolled',
    plane: 'admin',
    answers: { 200: z.object({ operators: z.array(operator) }) },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'operators.invite': {
    method: 'POST',
    path: '/api/operators/invitations',
    summary: 'Issue a one-time code (15 minutes) with which another operator enrols',
    plane: 'admin',
    body: z.strictObject({ name: operatorName, role: operatorRole }),
    answers: {
      201: z.object({ code: enrolmentCode, expiresAt: z.iso.datetime(), eventId: idOf('entry') }),
    },
    policy: { bearer: 'admin', signed: ['administrator'] },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Invite an operator',
      effect: 'Whoever holds the code can enrol with this role for 15 minutes.',
    },
    events: ['operator.invited'],
    reveals: ['code'],
  },
});

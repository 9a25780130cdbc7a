import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { ACCOUNT_ROLES, defineRoutes } from './route.ts';

export const accountRole = z.enum(ACCOUNT_ROLES);

/** Longest address of RFC 5321 section 4.5.3.1.3, without its brackets. */
export const EMAIL_MAX = 254;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 4096;

/**
 * One `@` and no blank, control, format or unassigned character on either side. Whether mail arrives there is nothing that a
 * pattern can know.
 */
export const email = z
  .string()
  .max(EMAIL_MAX)
  .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u, 'this is not an e-mail address');

/** Characters are code points (NIST SP 800-63B section 5.1.1.2); half a surrogate pair is none and would hash like any other. */
export const password = z
  .string()
  .refine((text) => !/\p{Cs}/u.test(text), 'a password is well-formed Unicode')
  .refine((text) => text.length >= PASSWORD_MIN && [...text].length >= PASSWORD_MIN, {
    message: `a password has at least ${PASSWORD_MIN} characters`,
  })
  .refine((text) => text.length <= 2 * PASSWORD_MAX && [...text].length <= PASSWORD_MAX, {
    message: `a password has at most ${PASSWORD_MAX} characters`,
  });

export const account = z.object({
  id: idOf('account'),
  email,
  role: accountRole,
  createdAt: z.iso.datetime(),
});
export type Account = z.infer<typeof account>;

/** 32 random bytes in base64url, without a prefix. */
const refreshToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'this is not a refresh token');

const tokens = z.object({
  tokenType: z.literal('Bearer'),
  /** A JWT of 15 minutes (RFC 9068, EdDSA). */
  accessToken: z.string(),
  expiresAt: z.iso.datetime(),
  refreshToken,
  refreshExpiresAt: z.iso.datetime(),
  sessionId: idOf('accountSession'),
});
export type SessionTokens = z.infer<typeof tokens>;

/** An Ed25519 public key as RFC 8037 writes it. */
const publicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
});

const stranger = (unsignedBecause: string) => ({ bearer: 'none', signed: 'no', unsignedBecause }) as const;
const holder = {
  bearer: 'session',
  signed: 'no',
  unsignedBecause:
    'An account ends its own sessions and proves itself with one of them; it has no operator’s key.',
} as const;

export const authRoutes = defineRoutes({
  'auth.register': {
    method: 'POST',
    path: '/api/v1/auth/register',
    summary: 'Register an account with the role user',
    plane: 'public',
    body: z.strictObject({ email, password }),
    answers: { 201: z.object({ account }) },
    policy: stranger('Whoever registers is nobody yet, and gets no right that strangers must not have.'),
    effect: 'mutate',
    events: ['account.registered'],
  },
  'auth.login': {
    method: 'POST',
    path: '/api/v1/auth/login',
    summary: 'Open a session with e-mail and password',
    plane: 'public',
    body: z.strictObject({ email, password }),
    answers: { 200: z.object({ account, tokens }) },
    policy: stranger('The password in the body is the proof; it opens a session of its own account only.'),
    effect: 'mutate',
    events: ['session.opened', 'signing-key.activated'],
  },
  'auth.refresh': {
    method: 'POST',
    path: '/api/v1/auth/refresh',
    summary: 'Exchange a refresh token for new tokens; a second use of one ends its session',
    plane: 'public',
    body: z.strictObject({ refreshToken }),
    answers: { 200: z.object({ tokens }) },
    policy: stranger('The refresh token in the body is the proof; it renews its own session only.'),
    effect: 'mutate',
    events: ['session.refreshed', 'session.reuse-detected', 'signing-key.activated'],
  },
  'auth.logout': {
    method: 'POST',
    path: '/api/v1/auth/logout',
    summary: 'End the calling session; its tokens are refused from now on',
    plane: 'public',
    body: z.strictObject({}),
    answers: { 200: z.object({ ended: z.number().int() }) },
    policy: holder,
    effect: 'mutate',
    events: ['session.revoked'],
  },
  'auth.logout-all': {
    method: 'POST',
    path: '/api/v1/auth/logout-all',
    summary: 'End every session of the calling account',
    plane: 'public',
    body: z.strictObject({}),
    answers: { 200: z.object({ ended: z.number().int() }) },
    policy: holder,
    effect: 'mutate',
    events: ['session.revoked'],
  },
  'auth.me': {
    method: 'GET',
    path: '/api/v1/auth/me',
    summary: 'The calling account and its session',
    plane: 'public',
    answers: { 200: z.object({ account, sessionId: idOf('accountSession') }) },
    policy: { bearer: 'session', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'auth.jwks': {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary:
      'Public keys that verify access tokens: those in use, and the next one ahead of its rotation (RFC 7517)',
    plane: 'public',
    answers: { 200: z.object({ keys: z.array(publicJwk) }) },
    policy: { bearer: 'none', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

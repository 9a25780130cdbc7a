import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

export const SECRET_SCOPES = ['agent', 'account', 'platform'] as const;
export type SecretScope = (typeof SECRET_SCOPES)[number];

/** The name of a provider, in the one spelling that is stored (SPEC 3). */
export const providerName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9._-]{2,64}$/, 'a provider is 2 to 64 of a-z, 0-9, dot, dash and underscore');

/**
 * The secret itself. It goes into a header of a request to the provider, so it is visible ASCII; under 16 characters it could be
 * guessed from its fingerprint.
 */
const material = z
  .string()
  .regex(/^[\x21-\x7e]{16,4096}$/, 'a secret is 16 to 4096 visible ASCII characters without spaces');

const rootVersion = z.number().int().min(1).max(9999);

export const providerSecret = z.object({
  id: idOf('providerSecret'),
  provider: z.string(),
  scope: z.enum(SECRET_SCOPES),
  /** The agent or account it belongs to; null for the platform's. */
  tenant: z.string().nullable(),
  /** First 64 bits of its SHA-256, in hex. */
  fingerprint: z.string(),
  /** How often it was replaced, counted from 1. */
  revision: z.number().int(),
  /** Version of the root that it is encrypted under. */
  rootVersion,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
  /** Since when it cannot be decrypted; null while it can. */
  unreadableSince: z.iso.datetime().nullable(),
});
export type ProviderSecret = z.infer<typeof providerSecret>;

export const secretRoot = z.object({
  version: rootVersion,
  /** `active`: new secrets are encrypted under it; `leaving`: some still are; `empty`: none is, it can be retired. */
  state: z.enum(['active', 'leaving', 'empty', 'retired']),
  activatedAt: z.iso.datetime(),
  retiredAt: z.iso.datetime().nullable(),
  secrets: z.number().int(),
  /** Of these, how many cannot be decrypted and hold the version back. */
  unreadable: z.number().int(),
});
export type SecretRoot = z.infer<typeof secretRoot>;

export const secretRootsState = z.object({
  /** Newest first; empty until the first secret is stored. */
  roots: z.array(secretRoot),
  /** The version that a rotation would activate, and whether this instance holds its key. */
  next: z.object({ version: rootVersion, available: z.boolean() }),
  total: z.number().int(),
  /** Secrets under the active version. */
  settled: z.number().int(),
});
export type SecretRootsState = z.infer<typeof secretRootsState>;

const byAccount = {
  bearer: 'session',
  signed: 'no',
  unsignedBecause:
    'An account keeps its own provider keys and proves itself with its session; it has no operator’s key.',
} as const;

const MAY_KEEP = ['custodian', 'administrator'] as const;
const MAY_STOP = ['responder', 'custodian', 'administrator'] as const;

export const providerSecretRoutes = defineRoutes({
  'provider-keys.put': {
    method: 'POST',
    path: '/api/v1/tokenhall/provider-keys',
    summary:
      'Store a key of a model provider for the calling account or for the agent of X-Agent-Id; a second one replaces the first',
    plane: 'public',
    body: z.strictObject({ provider: providerName, scope: z.enum(['agent', 'account']), material }),
    answers: {
      200: z.object({ secret: providerSecret, updated: z.literal(true) }),
      201: z.object({ secret: providerSecret, updated: z.literal(false) }),
    },
    policy: byAccount,
    effect: 'mutate',
    events: ['provider-secret.stored', 'secret-root.activated'],
  },
  'provider-keys.list': {
    method: 'GET',
    path: '/api/v1/tokenhall/provider-keys',
    summary: 'The provider keys of the calling account and of its agents; never their material',
    plane: 'public',
    answers: { 200: z.object({ secrets: z.array(providerSecret), alwaysMine: z.boolean() }) },
    policy: { bearer: 'session', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'provider-keys.delete': {
    method: 'POST',
    path: '/api/v1/tokenhall/provider-keys/:id/delete',
    summary:
      'Delete a provider key of the calling account or of one of its agents; its ciphertext is gone with it',
    plane: 'public',
    params: z.object({ id: idOf('providerSecret') }),
    body: z.strictObject({}),
    answers: { 200: z.object({ id: idOf('providerSecret') }) },
    policy: { ...byAccount, owner: 404 },
    effect: 'mutate',
    events: ['provider-secret.deleted'],
  },
  'provider-keys.always-mine': {
    method: 'POST',
    path: '/api/v1/tokenhall/provider-keys/always-mine',
    summary:
      'Whether the calling account and its agents use their own provider keys only, and never the platform’s',
    plane: 'public',
    body: z.strictObject({ alwaysMine: z.boolean() }),
    answers: { 200: z.object({ alwaysMine: z.boolean() }) },
    policy: byAccount,
    effect: 'mutate',
    events: ['provider-secret.always-mine-set'],
  },
  'provider-secrets.list': {
    method: 'GET',
    path: '/api/provider-secrets',
    summary: 'Provider secrets of every scope, newest first; never their material',
    plane: 'admin',
    query: z.object({
      scope: z.enum(SECRET_SCOPES).optional(),
      rootVersion: z.coerce.number().pipe(rootVersion).optional(),
      provider: providerName.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(200),
      cursor: idOf('providerSecret').optional(),
    }),
    answers: {
      200: z.object({
        secrets: z.array(providerSecret),
        nextCursor: z.string().nullable(),
        /** How many accounts use their own secrets only. */
        alwaysMineAccounts: z.number().int(),
      }),
    },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'provider-secrets.set-platform': {
    method: 'POST',
    path: '/api/provider-secrets/platform',
    summary: 'Store the platform’s key of a model provider; a second one replaces the first',
    plane: 'admin',
    body: z.strictObject({ provider: providerName, material }),
    answers: {
      200: z.object({ secret: providerSecret, updated: z.literal(true), eventId: idOf('entry') }),
      201: z.object({ secret: providerSecret, updated: z.literal(false), eventId: idOf('entry') }),
    },
    policy: { bearer: 'admin', signed: MAY_KEEP },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Store a platform provider secret',
      effect:
        'Everybody without a key of their own is served with it, at the platform’s cost. A former one is overwritten.',
    },
    events: ['provider-secret.stored', 'secret-root.activated'],
  },
  'provider-secrets.delete': {
    method: 'POST',
    path: '/api/provider-secrets/:id/delete',
    summary: 'Delete a provider secret of any scope; its ciphertext is gone with it',
    plane: 'admin',
    params: z.object({ id: idOf('providerSecret') }),
    body: z.strictObject({
      provider: providerName,
      scope: z.enum(SECRET_SCOPES),
      reason: z.string().trim().min(1, 'say why').max(500),
    }),
    names: ['provider', 'scope'],
    answers: { 200: z.object({ id: idOf('providerSecret'), eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: MAY_STOP },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Delete a provider secret',
      effect: 'Its holder falls back to the next secret in order, or is refused. It cannot be undone.',
    },
    events: ['provider-secret.deleted'],
  },
  'secret-roots.state': {
    method: 'GET',
    path: '/api/provider-secrets/roots',
    summary: 'The versions of the root of provider secrets, and how far re-encryption is',
    plane: 'admin',
    answers: { 200: secretRootsState },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'secret-roots.rotate': {
    method: 'POST',
    path: '/api/provider-secrets/roots/rotate',
    summary: 'Activate the next root version; everything of the older ones is re-encrypted in the background',
    plane: 'admin',
    body: z.strictObject({ version: rootVersion }),
    answers: { 200: z.object({ state: secretRootsState, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: MAY_KEEP },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Rotate the root of provider secrets',
      effect:
        'New secrets are encrypted under this version, and all others are re-encrypted under it while the service runs.',
    },
    events: ['secret-root.activated'],
  },
  'secret-roots.retire': {
    method: 'POST',
    path: '/api/provider-secrets/roots/retire',
    summary: 'Retire a root version that no secret uses any more',
    plane: 'admin',
    body: z.strictObject({ version: rootVersion }),
    answers: { 200: z.object({ state: secretRootsState, eventId: idOf('entry') }) },
    policy: { bearer: 'admin', signed: MAY_KEEP },
    effect: 'mutate',
    risk: { level: 'sensitive' },
    card: {
      title: 'Retire a root of provider secrets',
      effect: 'Nothing is ever encrypted under this version again, and its key can be destroyed.',
    },
    events: ['secret-root.retired'],
  },
});

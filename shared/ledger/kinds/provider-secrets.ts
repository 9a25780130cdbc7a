import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

/** Which secret, whose it is and how it is told from others; never a character of it. */
const secret = {
  secretId: idOf('providerSecret'),
  provider: z.string(),
  scope: z.enum(['agent', 'account', 'platform']),
  /** The agent or account; `platform` for everybody's. */
  tenant: z.string(),
  fingerprint: z.string(),
};

const version = z.number().int().positive();

/** Keys of model providers, and the roots that they are encrypted under. */
export const providerSecretEvents = defineEvents({
  'provider-secret.stored': {
    category: 'provider',
    says: 'Provider secret stored',
    data: z.strictObject({ ...secret, rootVersion: version, revision: version, updated: z.boolean() }),
    redactable: ['tenant'],
    asset: 'money',
    boundary: 'secret-persistence',
  },
  'provider-secret.deleted': {
    category: 'provider',
    says: 'Provider secret deleted',
    data: z.strictObject({ ...secret, reason: z.string().nullable() }),
    redactable: ['tenant', 'reason'],
    asset: 'money',
    boundary: 'secret-persistence',
  },
  'provider-secret.unreadable': {
    category: 'provider',
    says: 'Provider secret cannot be decrypted',
    data: z.strictObject({ ...secret, rootVersion: version, during: z.enum(['use', 'rotation']) }),
    redactable: ['tenant'],
    asset: 'control',
    boundary: 'secret-persistence',
  },
  'provider-secret.always-mine-set': {
    category: 'provider',
    says: 'Fallback to platform secrets changed',
    data: z.strictObject({ accountId: idOf('account'), alwaysMine: z.boolean() }),
    redactable: [],
    asset: 'money',
    boundary: 'api-provider',
  },
  'secret-root.activated': {
    category: 'provider',
    says: 'Root of provider secrets activated',
    data: z.strictObject({ version, former: version.nullable(), secrets: count }),
    redactable: [],
    asset: 'control',
    boundary: 'secret-persistence',
  },
  'secret-root.settled': {
    category: 'provider',
    says: 'Every provider secret re-encrypted under the active root',
    data: z.strictObject({ version, secrets: count }),
    redactable: [],
    asset: 'control',
    boundary: 'secret-persistence',
  },
  'secret-root.retired': {
    category: 'provider',
    says: 'Root of provider secrets retired',
    data: z.strictObject({ version }),
    redactable: [],
    asset: 'control',
    boundary: 'secret-persistence',
  },
});

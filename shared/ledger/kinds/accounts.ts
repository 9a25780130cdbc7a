import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';
import { sha256Hex } from '../hex.ts';

/** Of the refresh token that was given out: until when it is good, and a hash of its hash. Older entries do not tell. */
const refresh = z.strictObject({ expiresAt: z.iso.datetime(), check: sha256Hex }).optional();

const accountRole = z.enum(['user', 'admin', 'super_admin']);

/** Accounts, their sessions and the keys that sign their access tokens. */
export const accountEvents = defineEvents({
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
    data: z.strictObject({ accountId: idOf('account'), sessionId: idOf('accountSession'), refresh }),
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
      refresh,
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
});

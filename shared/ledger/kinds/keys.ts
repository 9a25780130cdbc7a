import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

/** Inference and management keys and their limits. */
export const keyEvents = defineEvents({
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
  'key.issued': {
    category: 'key',
    says: 'Key of an account created',
    data: z.strictObject({
      keyId: idOf('key'),
      family: z.enum(['inference', 'management']),
      accountId: idOf('account'),
      agentId: idOf('agent').nullable(),
      label: z.string(),
      displayPrefix: z.string(),
      requestsPerMinute: count,
      /** Credits; null: no limit of its own. */
      spendLimit: z.string().nullable(),
      expiresAt: z.iso.datetime().nullable(),
    }),
    redactable: ['label'],
    asset: 'control',
    boundary: 'client-api',
  },
  'key.changed': {
    category: 'key',
    says: 'Key of an account changed by its account',
    /** As it is afterwards. */
    data: z.strictObject({
      keyId: idOf('key'),
      displayPrefix: z.string(),
      label: z.string(),
      requestsPerMinute: count,
      spendLimit: z.string().nullable(),
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
});

import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

/** Agents and whose they are. */
export const agentEvents = defineEvents({
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
  'agent.connected': {
    category: 'agent',
    says: 'Agent sent its first heartbeat',
    data: z.strictObject({ agentId: idOf('agent') }),
    redactable: [],
    asset: 'ownership',
    boundary: 'client-api',
  },
  'agent.challenge-answered': {
    category: 'agent',
    says: 'Agent answered a challenge',
    data: z.strictObject({
      agentId: idOf('agent'),
      challengeId: idOf('challenge'),
      outcome: z.enum(['passed', 'wrong', 'late']),
      latencyMs: count,
    }),
    redactable: [],
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
  'agent.rekeyed-by-operator': {
    category: 'agent',
    says: 'Agent given a new key by an operator; its old ones and its identity tokens were revoked',
    data: z.strictObject({
      agentId: idOf('agent'),
      keyId: idOf('key'),
      displayPrefix: z.string(),
      revokedKeys: count,
      revokedTokens: count,
      reason: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'agent.credentials-revoked': {
    category: 'agent',
    says: 'All credentials of an agent revoked',
    data: z.strictObject({
      agentId: idOf('agent'),
      revokedKeys: count,
      revokedTokens: count,
      reason: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'agent.key-revoked': {
    category: 'agent',
    says: 'Key of an agent revoked',
    data: z.strictObject({
      agentId: idOf('agent'),
      keyId: idOf('key'),
      displayPrefix: z.string(),
      reason: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'agent.identity-revoked': {
    category: 'agent',
    says: 'Identity token of an agent revoked',
    data: z.strictObject({
      agentId: idOf('agent'),
      tokenId: idOf('identityToken'),
      displayPrefix: z.string(),
      reason: z.string(),
    }),
    redactable: ['reason'],
    asset: 'control',
    boundary: 'client-api',
  },
  'agent.identity-issued': {
    category: 'agent',
    says: 'Identity token issued to an agent',
    data: z.strictObject({
      agentId: idOf('agent'),
      /** Absent from entries of before tokens were told one by one. */
      tokenId: idOf('identityToken').optional(),
      displayPrefix: z.string().optional(),
      expiresAt: z.iso.datetime(),
    }),
    redactable: [],
    asset: 'control',
    boundary: 'client-api',
  },
});

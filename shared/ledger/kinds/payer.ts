import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';

/** The payer’s sessions and key. */
export const payerEvents = defineEvents({
  'payer.session-issued': {
    category: 'payer',
    says: 'Payer session issued',
    data: z.strictObject({
      sessionId: idOf('payerSession'),
      purpose: z.string(),
      signatureAllowance: count,
      payerKey: z.string().nullable(),
      expiresAt: z.iso.datetime(),
    }),
    redactable: ['purpose'],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-refreshed': {
    category: 'payer',
    says: 'Payer session prolonged',
    data: z.strictObject({ sessionId: idOf('payerSession'), expiresAt: z.iso.datetime() }),
    redactable: [],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-signed': {
    category: 'payer',
    says: 'Signature counted against a payer session',
    data: z.strictObject({
      sessionId: idOf('payerSession'),
      signaturesUsed: count,
      signatureAllowance: count,
      exhausted: z.boolean(),
    }),
    redactable: [],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-revoked': {
    category: 'payer',
    says: 'Payer session revoked',
    data: z.strictObject({ sessionId: idOf('payerSession'), reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.session-expired': {
    category: 'payer',
    says: 'Payer session expired',
    data: z.strictObject({ sessionId: idOf('payerSession') }),
    redactable: [],
    asset: 'money',
    boundary: 'client-api',
  },
  'payer.key-changed': {
    category: 'payer',
    says: 'Payer key changed; earlier sessions revoked',
    data: z.strictObject({
      former: z.string().nullable(),
      current: z.string().nullable(),
      revokedSessions: count,
    }),
    redactable: [],
    asset: 'money',
    boundary: 'secret-persistence',
  },
  'payer.key-retired': {
    category: 'payer',
    says: 'Former wallet of the payer retired for ever',
    data: z.strictObject({
      address: z.string(),
      fingerprint: z.string(),
      successor: z.string(),
      reason: z.string(),
      proposalId: idOf('proposal'),
    }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'secret-persistence',
  },
});

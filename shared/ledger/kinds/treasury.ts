import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { exactAmount } from '../../money/units.ts';
import { bookAddress } from '../../money/wallets.ts';
import { defineEvents } from '../event-definition.ts';

/** What every movement says: `from` lost `amount`, `to` gained it. From these alone every balance can be derived again. */
const movement = {
  transferId: idOf('transfer'),
  from: bookAddress,
  to: bookAddress,
  amount: exactAmount,
};

/** What was held of a wallet, or is free again. */
const held = { holdId: idOf('hold'), wallet: bookAddress, held: exactAmount };

/** Wallets, holds and what moves between them. */
export const treasuryEvents = defineEvents({
  'transfer.posted': {
    category: 'treasury',
    says: 'Credits transferred',
    data: z.strictObject({ ...movement, memo: z.string().nullable() }),
    redactable: ['memo'],
    asset: 'money',
    boundary: 'client-api',
  },
  'transfer.corrected': {
    category: 'treasury',
    says: 'Credits transferred by an operator',
    data: z.strictObject({ ...movement, reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
  'credits.granted': {
    category: 'treasury',
    says: 'Credits issued or taken back by an operator',
    data: z.strictObject({ ...movement, reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
  'loss.booked': {
    category: 'treasury',
    says: 'Cost beyond a hold borne by the platform',
    data: z.strictObject({ ...movement, reference: z.string() }),
    redactable: [],
    asset: 'money',
    boundary: 'api-provider',
  },
  'hold.opened': {
    category: 'treasury',
    says: 'Credits held',
    data: z.strictObject({
      ...held,
      purpose: z.string(),
      reference: z.string(),
      expiresAt: z.iso.datetime(),
    }),
    redactable: [],
    asset: 'money',
    boundary: 'api-provider',
  },
  'hold.posted': {
    category: 'treasury',
    says: 'Hold posted; the rest of it released',
    data: z.strictObject({
      ...held,
      to: bookAddress,
      amount: exactAmount,
      /** Null when nothing was taken. */
      transferId: idOf('transfer').nullable(),
    }),
    redactable: [],
    asset: 'money',
    boundary: 'api-provider',
  },
  'hold.voided': {
    category: 'treasury',
    says: 'Hold voided; its credits released',
    data: z.strictObject({ ...held, reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'api-provider',
  },
  'hold.expired': {
    category: 'treasury',
    says: 'Hold expired; its credits released',
    data: z.strictObject(held),
    redactable: [],
    asset: 'money',
    boundary: 'api-provider',
  },
  'wallet.frozen': {
    category: 'treasury',
    says: 'Wallet frozen: nothing more leaves it',
    data: z.strictObject({ freezeId: idOf('walletFreeze'), wallet: bookAddress, reason: z.string() }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
  'wallet.unfrozen': {
    category: 'treasury',
    says: 'Wallet unfrozen by two persons',
    data: z.strictObject({
      ...{ freezeId: idOf('walletFreeze'), wallet: bookAddress, reason: z.string() },
      proposalId: idOf('proposal'),
    }),
    redactable: ['reason'],
    asset: 'money',
    boundary: 'client-api',
  },
});

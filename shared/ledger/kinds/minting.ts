import { z } from 'zod';
import { idOf } from '../../ids/ids.ts';
import { count, defineEvents } from '../event-definition.ts';
import { sha256Hex } from '../hex.ts';

/** The actor is the member; this is the operator of the console who signed beside the member's session. */
const countersignedBy = idOf('operator').nullable();
const ofBrand = { brandId: idOf('brand') };
const ofJob = { ...ofBrand, jobId: idOf('mintJob') };
const ofToken = { ...ofJob, tokenId: idOf('mintToken'), serial: z.string() };
const ofMember = { ...ofBrand, accountId: idOf('account'), countersignedBy };
const role = z.string();
const product = z.strictObject({
  name: z.string(),
  gtin: z.string().optional(),
  description: z.string().optional(),
  url: z.string().optional(),
});

const about = { category: 'mint', redactable: [], asset: 'ownership', boundary: 'client-api' } as const;
/** Who may mint decides what is genuine. */
const authority = { ...about, asset: 'control' } as const;
/** What the worker itself tells. */
const minting = { ...about, boundary: 'api-database' } as const;

/** Brands, mint jobs and tokens. A chunk of tokens is one entry: their count and range, never one entry a token. */
export const mintingEvents = defineEvents({
  'mint.brand-created': {
    ...authority,
    says: 'Brand created',
    data: z.strictObject({ ...ofBrand, name: z.string(), countersignedBy }),
  },
  'mint.member-added': {
    ...authority,
    says: 'Member added to a brand',
    data: z.strictObject({ ...ofMember, role }),
  },
  'mint.member-changed': {
    ...authority,
    says: 'Role of a brand’s member changed',
    data: z.strictObject({ ...ofMember, former: role, role }),
  },
  'mint.member-removed': {
    ...authority,
    says: 'Member removed from a brand',
    data: z.strictObject({ ...ofMember, former: role }),
  },
  'mint.job-submitted': {
    ...about,
    says: 'Mint job submitted',
    data: z.strictObject({
      ...ofJob,
      batchName: z.string(),
      quantity: count,
      serialPattern: z.string(),
      firstNumber: count,
      activation: z.string(),
      /** What a scan shows. Older entries do not tell it. */
      product: product.optional(),
      countersignedBy,
    }),
  },
  'mint.job-paused': {
    ...about,
    says: 'Mint job paused',
    data: z.strictObject({ ...ofJob, done: count, countersignedBy }),
  },
  'mint.job-resumed': {
    ...about,
    says: 'Mint job resumed',
    data: z.strictObject({ ...ofJob, done: count, countersignedBy }),
  },
  'mint.job-cancelled': {
    ...about,
    says: 'Mint job cancelled',
    data: z.strictObject({ ...ofJob, done: count, countersignedBy }),
  },
  'mint.job-leased': {
    ...minting,
    says: 'Mint job taken by a worker',
    data: z.strictObject({ ...ofJob, worker: z.string(), fence: count, done: count }),
  },
  'mint.tokens-minted': {
    ...minting,
    says: 'Tokens minted',
    data: z.strictObject({
      ...ofJob,
      count,
      fromPosition: count,
      toPosition: count,
      firstSerial: z.string(),
      lastSerial: z.string(),
      fence: count,
    }),
  },
  'mint.job-completed': {
    ...minting,
    says: 'Mint job completed',
    data: z.strictObject({ ...ofJob, quantity: count, root: sha256Hex }),
  },
  'mint.job-failed': {
    ...minting,
    says: 'Mint job failed',
    data: z.strictObject({ ...ofJob, done: count, reason: z.string() }),
  },
  'mint.token-voided': {
    ...about,
    says: 'Token voided',
    data: z.strictObject({ ...ofToken, reason: z.string(), countersignedBy }),
    redactable: ['reason'],
  },
  'mint.token-reissued': {
    ...about,
    says: 'Token re-issued in place of a voided one',
    /** Its leaf (shared/ledger/completeness.ts) commits to position, serial and code hash. Older entries do not tell it. */
    data: z.strictObject({
      ...ofToken,
      replaces: idOf('mintToken'),
      leaf: sha256Hex.optional(),
      countersignedBy,
    }),
  },
  'mint.token-activated': {
    ...about,
    says: 'Token activated by a member',
    data: z.strictObject({ ...ofToken, countersignedBy }),
  },
});

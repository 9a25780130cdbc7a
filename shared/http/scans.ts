import { z } from 'zod';
import { idOf } from '../ids/ids.ts';
import { defineRoutes } from './route.ts';

/** Where the registry that administers a network is; a scan knows no more of where its client was. */
export const REGIONS = [
  'africa',
  'asia-pacific',
  'europe-middle-east',
  'latin-america',
  'north-america',
  'unknown',
] as const;
export type Region = (typeof REGIONS)[number];

export const DEVICE_CLASSES = ['phone', 'tablet', 'desktop', 'other'] as const;
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

const count = z.number().int().nonnegative();

const bucket = z.object({
  at: z.iso.datetime(),
  scans: count,
  /** Tokens that their first scan activated. */
  activations: count,
  bots: count,
  /** HEAD requests, prefetches and previews. */
  previews: count,
});

/** The way of tokens that wait for their first scan. */
const funnel = z.object({ minted: count, scanned: count, activated: count, voided: count });

export const scansSummary = z.object({
  at: z.iso.datetime(),
  from: z.iso.datetime(),
  /** How long a scan is kept. */
  keptDays: count,
  bucketHours: z.union([z.literal(1), z.literal(24)]),
  totals: bucket.omit({ at: true }),
  /** Every region and every device class, most scanned first. */
  regions: z.array(z.object({ region: z.enum(REGIONS), scans: count })),
  devices: z.array(z.object({ device: z.enum(DEVICE_CLASSES), scans: count })),
  /** Oldest first, without a gap. */
  buckets: z.array(bucket),
  funnel,
  brands: z.array(z.object({ id: idOf('brand'), name: z.string() })),
});
export type ScansSummary = z.infer<typeof scansSummary>;

export const scanRoutes = defineRoutes({
  'scans.summary': {
    method: 'GET',
    path: '/api/scans/summary',
    summary:
      'Scans by region, device class and time, bots apart, and how many tokens their first scan activated',
    plane: 'admin',
    query: z.object({
      brand: idOf('brand').optional(),
      days: z.coerce.number().int().min(1).max(90).default(7),
    }),
    answers: { 200: scansSummary },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
});

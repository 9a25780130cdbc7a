import { DEVICE_CLASSES, REGIONS, type ScansSummary } from '../../../shared/http/scans.ts';
import type { Activations, Crossing, Passers } from './store.ts';

type Bucket = ScansSummary['buckets'][number];

const HOUR_MS = 3_600_000;
/** Hours as long as they fit on a screen, then days. */
const HOURLY_UP_TO_DAYS = 3;

/** The buckets of the last days, the one that is not over yet included. */
export function bucketsOf(days: number, now: Date) {
  const bucketHours = days <= HOURLY_UP_TO_DAYS ? 1 : 24;
  const width = bucketHours * HOUR_MS;
  const count = (days * 24) / bucketHours;
  const last = Math.floor(now.getTime() / width) * width;
  const from = new Date(last - (count - 1) * width);
  const starts = Array.from({ length: count }, (_, i) => from.getTime() + i * width);
  return { bucketHours, unit: bucketHours === 1 ? 'hour' : 'day', from, starts } as const;
}

export interface Counted {
  readonly crossings: readonly Crossing[];
  readonly passers: readonly Passers[];
  readonly activations: readonly Activations[];
}

const NOTHING = { scans: 0, activations: 0, bots: 0, previews: 0 } as const;

/** A line of buckets without a gap, and their sum. */
export function seriesOf(starts: readonly number[], { crossings, passers, activations }: Counted) {
  const byStart = new Map<number, { -readonly [K in keyof Bucket]: Bucket[K] }>(
    starts.map((start) => [start, { at: new Date(start).toISOString(), ...NOTHING }]),
  );
  const add = (at: Date, name: keyof typeof NOTHING, count: string): void => {
    const bucket = byStart.get(at.getTime());
    if (bucket) bucket[name] += Number(count);
  };
  for (const { at, scans } of crossings) add(at, 'scans', scans);
  for (const { at, kind, count } of passers) add(at, kind === 'bot' ? 'bots' : 'previews', count);
  for (const { at, count } of activations) add(at, 'activations', count);
  const buckets = [...byStart.values()];
  const totals = buckets.reduce(
    (sum, one) => ({
      scans: sum.scans + one.scans,
      activations: sum.activations + one.activations,
      bots: sum.bots + one.bots,
      previews: sum.previews + one.previews,
    }),
    { ...NOTHING } as Omit<Bucket, 'at'>,
  );
  return { buckets, totals };
}

function shares<K extends string>(
  all: readonly K[],
  crossings: readonly Crossing[],
  of: (row: Crossing) => K,
) {
  const counts = new Map<K, number>(all.map((name) => [name, 0]));
  for (const row of crossings) counts.set(of(row), (counts.get(of(row)) ?? 0) + Number(row.scans));
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Every region and every device class with its scans, most scanned first. */
export const breakdownOf = (crossings: readonly Crossing[]): Pick<ScansSummary, 'regions' | 'devices'> => ({
  regions: shares(REGIONS, crossings, ({ region }) => region).map(([region, scans]) => ({ region, scans })),
  devices: shares(DEVICE_CLASSES, crossings, ({ device }) => device).map(([device, scans]) => ({
    device,
    scans,
  })),
});

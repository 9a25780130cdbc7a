import { parseUnits } from '../../../shared/money/units.ts';
import type { Memory } from './memory.ts';
import type { Detector } from './rule.ts';
import type { Finding } from './rules.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A quarter of an hour: a day is a hundred sums, and the last hour is off by a quarter at most. */
const BUCKET_MS = HOUR_MS / 4;

interface Spent {
  readonly subject: string;
  readonly at: number;
  readonly number: number;
  readonly spent: bigint;
}

/**
 * The last hour against the mean of the hours of the day before it in which anything was spent. Idle hours count for nothing: a key
 * that works once a day must not ring every day.
 */
export async function judgeBaseline(
  rule: string,
  detect: Extract<Detector, { type: 'baseline' }>,
  { subject, at, number, spent }: Spent,
  memory: Memory,
): Promise<Finding[]> {
  await memory.add(rule, subject, Math.floor(at / BUCKET_MS) * BUCKET_MS, spent);
  const hours = new Map<number, bigint>();
  let lastHour = 0n;
  for (const [bucket, total] of await memory.buckets(rule, subject)) {
    const age = at - bucket;
    if (age < 0 || age >= HOUR_MS + DAY_MS || total <= 0n) continue;
    if (age < HOUR_MS) lastHour += total;
    else {
      const hour = Math.floor(age / HOUR_MS);
      hours.set(hour, (hours.get(hour) ?? 0n) + total);
    }
  }
  if (hours.size < detect.activeHours || lastHour < parseUnits(detect.least)) return [];
  const earlier = [...hours.values()].reduce((sum, total) => sum + total, 0n);
  const threshold = (earlier * BigInt(detect.factor)) / BigInt(hours.size);
  if (lastHour <= threshold) return [];
  return [{ subject, firing: true, at, number, value: lastHour, threshold }];
}

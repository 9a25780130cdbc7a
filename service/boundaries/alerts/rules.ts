import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { parseUnits } from '../../../shared/money/units.ts';
import { judgeAgreement } from './agreement.ts';
import { judgeBaseline } from './baseline.ts';
import type { Memory } from './memory.ts';
import { type AlertRule, type Detector, NOBODY } from './rule.ts';

/** As much of a ledger entry as rules read. Kinds of rooms that are not there yet are plain text. */
export type ReadEntry = Pick<LedgerEntry, 'at' | 'data' | 'agent'> & {
  readonly actor: Pick<LedgerEntry['actor'], 'id'>;
  readonly kind: string;
  readonly number: number;
};

/** What a rule says about a subject at a moment. */
export interface Finding {
  readonly subject: string;
  /** False: what an alert told of has ceased. */
  readonly firing: boolean;
  readonly at: number;
  /** Number of the entry; null for what was measured. */
  readonly number: number | null;
  readonly value: bigint;
  readonly threshold: bigint;
}

export interface Firing {
  readonly subject: string;
  readonly lastAt: number;
  readonly threshold: bigint;
}

/** What is measured of the running service rather than read in its log. */
export interface Signals {
  readonly 'ledger-pending-ms': number;
}

type Of<T extends Detector['type']> = Extract<Detector, { type: T }>;

/** Times that a window is told apart by: fine enough for its edge, few enough to keep. */
const PARTS = 300;
const bucketMs = (windowSeconds: number): number => Math.max(1_000, (windowSeconds * 1_000) / PARTS);
const bucketOf = (at: number, size: number): number => Math.floor(at / size) * size;

/** A subject is attacker-controlled text until proven otherwise: cut, never interpreted. */
const textOf = (data: Readonly<Record<string, unknown>>, field: string | undefined): string => {
  const value = field === undefined ? undefined : data[field];
  return typeof value === 'string' && value !== '' ? value.slice(0, 100) : NOBODY;
};

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 1);

function judgeEach(detect: Of<'each'>, entry: ReadEntry): Finding[] {
  const { list, where, subject, value, above = 0 } = detect;
  const at = Date.parse(entry.at);
  const told = { at, number: entry.number, threshold: BigInt(above) };
  if (entry.kind === detect.endedBy)
    return [{ ...told, subject: textOf(entry.data, subject), firing: false, value: 0n }];
  if (where && entry.data[where.field] !== where.equals) return [];
  const given = list === undefined ? [entry.data] : entry.data[list];
  const items = Array.isArray(given) ? (given as Readonly<Record<string, unknown>>[]) : [];
  return items
    .map((item) => ({ item, measured: value === undefined ? 1 : numberOf(item[value]) }))
    .filter(({ measured }) => measured > above)
    .map(({ item, measured }) => ({
      ...{ ...told, subject: textOf(item, subject), firing: true },
      value: BigInt(measured),
    }));
}

const sumSince = async (memory: Memory, rule: AlertRule, subject: string, since: number): Promise<bigint> => {
  let sum = 0n;
  for (const [bucket, total] of await memory.buckets(rule.id, subject)) if (bucket > since) sum += total;
  return sum;
};

async function judgeCount(
  rule: AlertRule,
  detect: Of<'count'>,
  entry: ReadEntry,
  memory: Memory,
): Promise<Finding[]> {
  const at = Date.parse(entry.at);
  const subject = textOf(entry.data, detect.subject);
  await memory.add(rule.id, subject, bucketOf(at, bucketMs(detect.windowSeconds)), 1n);
  const value = await sumSince(memory, rule, subject, at - detect.windowSeconds * 1_000);
  const threshold = BigInt(detect.above);
  return value > threshold ? [{ subject, firing: true, at, number: entry.number, value, threshold }] : [];
}

/** What a rule makes of one entry, in the order of the log. */
export async function judgeEntry(rule: AlertRule, entry: ReadEntry, memory: Memory): Promise<Finding[]> {
  const { detect } = rule;
  const at = Date.parse(entry.at);
  if (detect.type === 'each') return judgeEach(detect, entry);
  if (detect.type === 'count') return judgeCount(rule, detect, entry, memory);
  if (detect.type === 'baseline') {
    const subject = textOf(entry.data, detect.subject);
    return judgeBaseline(
      rule.id,
      detect,
      { subject, at, number: entry.number, spent: amountOf(entry, detect) },
      memory,
    );
  }
  if (detect.type === 'agreement') return judgeAgreement(rule.id, detect, entry, memory);
  if (detect.type === 'signal') return [];
  const subject = textOf(entry.data, detect.subject);
  await memory.add(rule.id, subject, bucketOf(at, bucketMs(detect.afterSeconds)), 1n);
  return [{ subject, firing: false, at, number: entry.number, value: 0n, threshold: 0n }];
}

const amountOf = ({ data }: ReadEntry, { amount }: Of<'baseline'>): bigint => {
  const text = data[amount];
  return typeof text === 'string' ? parseUnits(text) : 0n;
};

const ceased = ({ subject, threshold }: Firing, at: number, value = 0n): Finding => ({
  ...{ subject, threshold, value, at },
  ...{ firing: false, number: null },
});

async function isQuiet(rule: AlertRule, alert: Firing, now: number, memory: Memory): Promise<boolean> {
  const { detect } = rule;
  if (detect.type === 'each') return now - alert.lastAt > detect.quietSeconds * 1_000;
  if (detect.type === 'count')
    return (
      (await sumSince(memory, rule, alert.subject, now - detect.windowSeconds * 1_000)) <=
      BigInt(detect.quietAt)
    );
  if (detect.type === 'baseline') {
    const lastHour = await sumSince(memory, rule, alert.subject, now - 3_600_000);
    return lastHour * BigInt(detect.factor) <= alert.threshold * BigInt(detect.quietFactor);
  }
  // A ring does not dissolve by time; it is quiet a day after its last approval.
  return detect.type === 'agreement' && now - alert.lastAt > 86_400_000;
}

async function judgeSilence(
  rule: AlertRule,
  detect: Of<'silence'>,
  now: number,
  memory: Memory,
): Promise<Finding[]> {
  const silent = await memory.silentSince(rule.id, now - detect.afterSeconds * 1_000);
  const threshold = BigInt(detect.afterSeconds);
  return silent.map(({ subject, last }) => ({
    ...{ subject, firing: true, at: now, number: null, threshold },
    value: BigInt(Math.round((now - last) / 1_000)),
  }));
}

/** What a rule says as time goes by, with no entry: silence, measured figures, and what has ceased. */
export async function judgeMoment(
  rule: AlertRule,
  firing: readonly Firing[],
  now: number,
  memory: Memory,
  signals: Signals | null,
): Promise<Finding[]> {
  const { detect } = rule;
  if (detect.type === 'silence') {
    const found = await judgeSilence(rule, detect, now, memory);
    return found.filter(({ subject }) => !firing.some((alert) => alert.subject === subject));
  }
  if (detect.type === 'signal') {
    if (!signals) return [];
    const value = BigInt(Math.round(signals[detect.signal]));
    const [alert] = firing;
    if (alert) return value <= BigInt(detect.quietAt) ? [ceased(alert, now, value)] : [];
    if (value <= BigInt(detect.above)) return [];
    return [{ subject: NOBODY, firing: true, at: now, number: null, value, threshold: BigInt(detect.above) }];
  }
  const found: Finding[] = [];
  for (const alert of firing) if (await isQuiet(rule, alert, now, memory)) found.push(ceased(alert, now));
  return found;
}

/** Kinds that a rule has to be shown. */
export const kindsOf = ({ on, detect }: AlertRule): readonly string[] =>
  detect.type === 'each' && detect.endedBy !== undefined ? [...on, detect.endedBy] : on;

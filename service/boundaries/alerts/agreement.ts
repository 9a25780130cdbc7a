import type { Memory } from './memory.ts';
import type { Detector } from './rule.ts';
import type { Finding, ReadEntry } from './rules.ts';

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, 60) : null;

/** How two agree is kept for all time: whoever meets twice a year is a ring as well. */
const EVER = 0;

async function countPair(rule: string, pair: string, both: boolean, memory: Memory) {
  await memory.add(rule, `pair:${pair}:met`, EVER, 1n);
  if (both) await memory.add(rule, `pair:${pair}:agreed`, EVER, 1n);
  const met = (await memory.buckets(rule, `pair:${pair}:met`)).get(EVER) ?? 0n;
  const agreed = (await memory.buckets(rule, `pair:${pair}:agreed`)).get(EVER) ?? 0n;
  return { met, agreed };
}

/** Who approves together: every decision is compared with those that others made before on the same thing. */
export async function judgeAgreement(
  rule: string,
  detect: Extract<Detector, { type: 'agreement' }>,
  entry: ReadEntry,
  memory: Memory,
): Promise<Finding[]> {
  const group = textOf(entry.data[detect.group]);
  const member = textOf(entry.agent ?? entry.actor.id);
  const choice = textOf(entry.data[detect.choice]);
  if (group === null || member === null || choice === null) return [];
  const at = Date.parse(entry.at);
  const approves = detect.approves === choice;
  const prefix = `on:${group}:`;
  const earlier = await memory.beginning(rule, prefix);
  if (earlier.has(prefix + member)) return [];
  await memory.add(rule, prefix + member, at, approves ? 1n : 0n);
  const found: Finding[] = [];
  for (const [key, vote] of earlier) {
    const pair = [key.slice(prefix.length), member].sort().join('+');
    const { met, agreed } = await countPair(rule, pair, approves && vote === 1n, memory);
    const value = (agreed * 100n) / met;
    const threshold = BigInt(detect.above);
    const told = { subject: pair, at, number: entry.number, value, threshold };
    if (met >= BigInt(detect.least) && approves && value > threshold) found.push({ ...told, firing: true });
    else if (value <= BigInt(detect.quietAt)) found.push({ ...told, firing: false });
  }
  return found;
}

import type { AlertRule } from './rule.ts';
import type { Finding, ReadEntry } from './rules.ts';

/** From the begin of a round of probes to its end, in milliseconds. */
export interface RoundWindow {
  readonly from: number;
  readonly until: number;
}

/** What the service itself knows of the probes: who they are, and when they were at work. */
export interface KnownProbes {
  readonly accounts: ReadonlySet<string>;
  readonly windows: readonly RoundWindow[];
}

const MINUTE_MS = 60_000;

/** The time that a finding is about. An aggregate of refusals is told when its minute has passed, and is about that minute. */
function spanOf(by: AlertRule['expected'], { at }: Finding, { data }: ReadEntry): RoundWindow {
  const minute = by === 'probe-operator' && typeof data.minute === 'string' ? Date.parse(data.minute) : null;
  return minute === null ? { from: at, until: at } : { from: minute, until: minute + MINUTE_MS - 1 };
}

/**
 * Whether a finding is of the probes' own making (decision 0176): its rule says that they do such a thing, it is about one of
 * their accounts or about a refusal that only their operator's key can cause, and it falls into a round that the service scheduled
 * and the probes began. Nothing that a request says is asked.
 */
export function isExpected(
  rule: AlertRule,
  finding: Finding,
  entry: ReadEntry,
  probes: KnownProbes,
): boolean {
  if (rule.expected === undefined || !finding.firing) return false;
  if (rule.expected === 'probe-account' && !probes.accounts.has(finding.subject)) return false;
  const span = spanOf(rule.expected, finding, entry);
  return probes.windows.some(({ from, until }) => span.from <= until && from <= span.until);
}

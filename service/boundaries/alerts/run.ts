import { type Database, type Tx, transact } from '../../db/database.ts';
import { ALERT_RULES } from './catalogue.ts';
import { readProbes } from './expected.store.ts';
import { isExpected } from './expected.ts';
import { forget, StoredMemory } from './memory.store.ts';
import { applyGroup, type Group, type RaiseDeps } from './raise.ts';
import type { AlertRule } from './rule.ts';
import { type Finding, judgeEntry, judgeMoment, kindsOf, type ReadEntry, type Signals } from './rules.ts';
import {
  type AlertRow,
  headSize,
  lockCursor,
  moveCursor,
  oldestPendingMs,
  readEntries,
  readFiring,
} from './store.ts';

export interface AlertDeps extends RaiseDeps {
  readonly db: Pick<Database, 'kysely'>;
}

/** Numbers that one transaction reads on; few of them are of kinds that any rule reads. */
const STRIDE = 2_000;
const DAY_MS = 86_400_000;

const KINDS = [...new Set(ALERT_RULES.flatMap(kindsOf))];

/** What is judged in one transaction, grouped so that a thousand entries about one subject are one change of its alert. */
class Findings {
  readonly groups: Group[] = [];
  readonly #last = new Map<string, Group>();

  take(rule: AlertRule, finding: Finding): void {
    const key = `${rule.id} ${finding.subject}`;
    const last = this.#last.get(key);
    if (last?.firing === finding.firing) {
      last.findings.push(finding);
      return;
    }
    const group = { rule, subject: finding.subject, firing: finding.firing, findings: [finding] };
    this.#last.set(key, group);
    this.groups.push(group);
  }
}

const keyOf = ({ rule, subject }: Pick<AlertRow, 'rule' | 'subject'>): string => `${rule} ${subject}`;

async function apply(tx: Tx, deps: AlertDeps, { groups }: Findings): Promise<void> {
  if (groups.length === 0) return;
  const ringing = new Map((await readFiring(tx)).map((row) => [keyOf(row), row]));
  for (const group of groups) {
    const key = keyOf({ rule: group.rule.id, subject: group.subject });
    const row = await applyGroup(tx, deps, group, ringing.get(key) ?? null);
    if (row) ringing.set(key, row);
    else ringing.delete(key);
  }
}

/** Tells what the probes did themselves. Who they are is read when it is asked first, which is seldom. */
function excuser(tx: Tx, entries: readonly ReadEntry[]) {
  const since = Math.min(...entries.map(({ at }) => Date.parse(at)));
  let known: ReturnType<typeof readProbes> | null = null;
  return async (rule: AlertRule, finding: Finding, entry: ReadEntry): Promise<boolean> => {
    if (rule.expected === undefined) return false;
    known ??= readProbes(tx, since);
    return isExpected(rule, finding, entry, await known);
  };
}

/** @returns whether there is more to read; null when another instance reads */
const readOn = (deps: AlertDeps): Promise<boolean | null> =>
  transact(deps.db, async (tx) => {
    const from = await lockCursor(tx);
    if (from === null) return null;
    const size = await headSize(tx);
    const until = Math.min(size, from + STRIDE);
    if (until <= from) return false;
    const memory = new StoredMemory(tx);
    const findings = new Findings();
    const entries = await readEntries(tx, { from, until, kinds: KINDS });
    const probesOwn = excuser(tx, entries);
    for (const entry of entries)
      for (const rule of ALERT_RULES)
        if (kindsOf(rule).includes(entry.kind))
          for (const finding of await judgeEntry(rule, entry, memory))
            if (!(await probesOwn(rule, finding, entry))) findings.take(rule, finding);
    await memory.flush();
    await apply(tx, deps, findings);
    await moveCursor(tx, until);
    return until < size;
  });

const firingOf = (rows: readonly AlertRow[], rule: AlertRule) =>
  rows
    .filter((row) => row.rule === rule.id)
    .map((row) => ({
      subject: row.subject,
      lastAt: row.last_at.getTime(),
      threshold: BigInt(row.threshold),
    }));

/** How long what a rule remembers is of any use. A ring is remembered for ever, pair by pair. */
function keepMs({ detect }: AlertRule): number | null {
  if (detect.type === 'count') return 2 * detect.windowSeconds * 1_000;
  if (detect.type === 'baseline') return 2 * DAY_MS;
  // A stream that nobody has heard of for a week was taken away; its alert has said so long ago.
  return detect.type === 'silence' ? 7 * DAY_MS : null;
}

/** Judges what no entry tells: silence, measured figures, and what has ceased. */
const look = (deps: AlertDeps): Promise<void> =>
  transact(deps.db, async (tx) => {
    if ((await lockCursor(tx)) === null) return;
    const now = deps.now();
    const signals: Signals = { 'ledger-pending-ms': await oldestPendingMs(tx, now) };
    const rows = await readFiring(tx);
    const memory = new StoredMemory(tx);
    const findings = new Findings();
    for (const rule of ALERT_RULES) {
      for (const finding of await judgeMoment(rule, firingOf(rows, rule), now.getTime(), memory, signals))
        findings.take(rule, finding);
      const keep = keepMs(rule);
      if (keep !== null) await forget(tx, [rule.id], new Date(now.getTime() - keep));
    }
    await apply(tx, deps, findings);
  });

/**
 * Reads the log from where the rules stopped, and then looks at the time. Whatever stops it in between has either moved the cursor
 * together with what it found, or done nothing.
 */
export async function runAlerts(deps: AlertDeps): Promise<void> {
  for (let more: boolean | null = true; more === true; ) more = await readOn(deps);
  await look(deps);
}

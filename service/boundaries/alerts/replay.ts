import type { DryRunAlert } from '../../../shared/http/incidents.ts';
import { PlainMemory } from './memory.ts';
import type { AlertRule } from './rule.ts';
import { type Finding, judgeEntry, judgeMoment, kindsOf, type ReadEntry } from './rules.ts';

interface Ringing {
  firstAt: number;
  lastAt: number;
  occurrences: number;
  value: bigint;
  threshold: bigint;
  quietAt: number | null;
  readonly subject: string;
  readonly entries: number[];
}

const shown = (alert: Ringing): DryRunAlert => ({
  subject: alert.subject,
  firstAt: new Date(alert.firstAt).toISOString(),
  lastAt: new Date(alert.lastAt).toISOString(),
  quietAt: alert.quietAt === null ? null : new Date(alert.quietAt).toISOString(),
  occurrences: alert.occurrences,
  value: String(alert.value),
  threshold: String(alert.threshold),
  entries: alert.entries.slice(0, 100),
});

/** What a rule would have raised over recorded entries, with a memory of its own: nothing is written, nobody is told. */
export class Replay {
  readonly #rule: AlertRule;
  readonly #memory = new PlainMemory();
  readonly #all: Ringing[] = [];
  readonly #firing = new Map<string, Ringing>();

  constructor(rule: AlertRule) {
    this.#rule = rule;
  }

  #take(finding: Finding): void {
    const { subject, firing, at, value, number } = finding;
    const alert = this.#firing.get(subject);
    if (!firing) {
      if (alert) alert.quietAt = at;
      this.#firing.delete(subject);
      return;
    }
    const ringing = alert ?? {
      ...{ subject, firstAt: at, lastAt: at, occurrences: 0, value, threshold: finding.threshold },
      ...{ quietAt: null, entries: [] },
    };
    if (!alert) {
      this.#all.push(ringing);
      this.#firing.set(subject, ringing);
    }
    ringing.lastAt = at;
    ringing.occurrences += 1;
    if (value > ringing.value) ringing.value = value;
    if (number !== null) ringing.entries.push(number);
  }

  async entry(entry: ReadEntry): Promise<void> {
    if (!kindsOf(this.#rule).includes(entry.kind)) return;
    await this.moment(Date.parse(entry.at));
    for (const finding of await judgeEntry(this.#rule, entry, this.#memory)) this.#take(finding);
  }

  async moment(now: number): Promise<void> {
    const firing = [...this.#firing.values()];
    for (const finding of await judgeMoment(this.#rule, firing, now, this.#memory, null)) this.#take(finding);
  }

  alerts(): DryRunAlert[] {
    return this.#all.map(shown);
  }
}

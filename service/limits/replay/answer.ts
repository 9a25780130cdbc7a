import type { ReplayAnswer } from '../../../shared/http/limit-replay.ts';
import type { LimitRule } from '../../gate/rate.ts';
import { DEMAND_SECONDS, type Demand } from './demand.ts';
import { demandOf, replay } from './replay.ts';

/** One point of the picture is a minute. */
const STEP_SECONDS = 60;
const SHOWN_SUBJECTS = 50;

export interface ReplayQuestion {
  readonly demands: readonly Demand[];
  readonly current: LimitRule;
  readonly proposed: LimitRule;
  /** The moment of the last second that was counted. */
  readonly now: Date;
  /** Index of the first second from which nobody has been forgotten. */
  readonly completeFrom: number;
}

interface Played {
  readonly demand: Demand;
  readonly peaks: Uint32Array;
  readonly current: Uint16Array;
  readonly proposed: Uint16Array;
}

const sum = (numbers: Uint16Array, from = 0, to = numbers.length): number => {
  let total = 0;
  for (let i = from; i < to; i += 1) total += numbers[i] ?? 0;
  return total;
};

const highest = (numbers: Uint32Array, from = 0, to = numbers.length): number => {
  let most = 0;
  for (let i = from; i < to; i += 1) most = Math.max(most, numbers[i] ?? 0);
  return most;
};

const play = (demand: Demand, current: LimitRule, proposed: LimitRule): Played => ({
  demand,
  peaks: demandOf(demand.counts, proposed.windowSeconds),
  current: replay(demand.counts, current).refused,
  proposed: replay(demand.counts, proposed).refused,
});

type Step = { -readonly [K in Exclude<keyof ReplayAnswer['steps'][number], 'at'>]: number };

const blankSteps = (): Step[] =>
  Array.from({ length: DEMAND_SECONDS / STEP_SECONDS }, () => ({
    ...{ asked: 0, peak: 0, refusedByCurrent: 0, refusedByProposed: 0 },
  }));

function addTo(steps: Step[], { demand, peaks, current, proposed }: Played): void {
  steps.forEach((step, index) => {
    const from = index * STEP_SECONDS;
    const to = from + STEP_SECONDS;
    step.asked += sum(demand.counts, from, to);
    step.peak = Math.max(step.peak, highest(peaks, from, to));
    step.refusedByCurrent += sum(current, from, to);
    step.refusedByProposed += sum(proposed, from, to);
  });
}

function subjectOf(one: Played, timeOf: (second: number) => string): ReplayAnswer['subjects'][number] {
  const first = one.proposed.findIndex((n) => n > 0);
  const last = one.proposed.findLastIndex((n) => n > 0);
  return {
    subject: one.demand.label,
    asked: sum(one.demand.counts),
    peak: highest(one.peaks),
    refusedByCurrent: sum(one.current),
    refusedByProposed: sum(one.proposed),
    firstRefusedAt: first < 0 ? null : timeOf(first),
    lastRefusedAt: last < 0 ? null : timeOf(last),
  };
}

type Subject = ReplayAnswer['subjects'][number];
const mostRefused = (a: Subject, b: Subject): number =>
  b.refusedByProposed - a.refusedByProposed || b.peak - a.peak || b.asked - a.asked;

/** Subjects that are replayed at a stretch, some milliseconds; between them the process answers others. */
const STRETCH = 25;

const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The last hour under two rules, like for like: the same requests against each. */
export async function replayAnswer(question: ReplayQuestion): Promise<ReplayAnswer> {
  const { demands, current, proposed, now, completeFrom } = question;
  const startMs = now.getTime() - (DEMAND_SECONDS - 1) * 1000;
  const timeOf = (second: number): string => new Date(startMs + second * 1000).toISOString();
  const steps = blankSteps();
  const subjects: Subject[] = [];
  for (const [index, demand] of demands.entries()) {
    if (index % STRETCH === STRETCH - 1) await others();
    if (!demand.counts.some((n) => n > 0)) continue;
    const played = play(demand, current, proposed);
    addTo(steps, played);
    subjects.push(subjectOf(played, timeOf));
  }
  subjects.sort(mostRefused);
  const total = (count: (one: Subject) => number) => subjects.reduce((all, one) => all + count(one), 0);
  return {
    ...{ current, proposed, from: timeOf(0), to: now.toISOString(), completeSince: timeOf(completeFrom) },
    stepSeconds: STEP_SECONDS,
    asked: total((one) => one.asked),
    refusedByCurrent: total((one) => one.refusedByCurrent),
    refusedByProposed: total((one) => one.refusedByProposed),
    subjectsRefused: subjects.filter((one) => one.refusedByProposed > 0).length,
    steps: steps.map((step, index) => ({ at: timeOf(index * STEP_SECONDS), ...step })),
    subjects: subjects.slice(0, SHOWN_SUBJECTS),
  };
}

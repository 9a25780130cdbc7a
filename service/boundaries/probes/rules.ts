import { PROBE_IDS, type ProbeId } from '../../../shared/boundaries/controls.ts';
import {
  controlHealth,
  type Outcome,
  PROBE_INTERVAL_SECONDS,
  probeHealth,
  type TileHealth,
  type Tried,
  tileHealth,
} from '../../../shared/boundaries/health.ts';
import type { ProbeOutcome, ProbeRound, ProbesState } from '../../../shared/http/boundary-probes.ts';

export interface RoundRow {
  readonly id: string;
  readonly cause: 'schedule' | 'demand';
  readonly scheduled_by: string;
  readonly scheduled_at: Date;
  readonly begun_at: Date | null;
  readonly finished_at: Date | null;
  readonly missed_at: Date | null;
}

export interface OutcomeRow {
  readonly probe: string;
  readonly outcome: Outcome;
  readonly evidence: string;
  readonly duration_ms: number;
  readonly at: Date;
}

/** The first round waits for a service that has just been started: whoever starts it has other things to do. */
export const FIRST_ROUND_MS = 120_000;
/** A round takes seconds; one that has not ended by then will not. */
export const ROUND_GRACE_MS = 300_000;

/** What is due now: the open round is missing, or the next one is to be scheduled. */
export function dueNow(
  facts: { readonly open: RoundRow | undefined; readonly last: Date | null; readonly startedAt: Date },
  now: Date,
): 'schedule' | 'miss' | 'nothing' {
  const since = (from: Date) => now.getTime() - from.getTime();
  if (facts.open) return since(facts.open.scheduled_at) > ROUND_GRACE_MS ? 'miss' : 'nothing';
  if (since(facts.startedAt) < FIRST_ROUND_MS) return 'nothing';
  if (facts.last === null) return 'schedule';
  return since(facts.last) >= PROBE_INTERVAL_SECONDS * 1000 ? 'schedule' : 'nothing';
}

const isOpen = (row: RoundRow | undefined): row is RoundRow =>
  row !== undefined && row.finished_at === null && row.missed_at === null;

/** A begin that is repeated finds its round running and changes nothing. */
export const mayBegin = (row: RoundRow | undefined): row is RoundRow => isOpen(row);
export const mayReport = (row: RoundRow | undefined): row is RoundRow => isOpen(row) && row.begun_at !== null;

const stateOf = (row: RoundRow): ProbeRound['state'] => {
  if (row.finished_at) return 'finished';
  if (row.missed_at) return 'missed';
  return row.begun_at ? 'running' : 'waiting';
};

export const toRound = (
  row: RoundRow,
  counted: Pick<ProbeRound, 'held' | 'broken' | 'unavailable'> = { held: 0, broken: 0, unavailable: 0 },
): ProbeRound => ({
  id: row.id,
  cause: row.cause,
  scheduledBy: row.scheduled_by,
  scheduledAt: row.scheduled_at.toISOString(),
  state: stateOf(row),
  begunAt: row.begun_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  ...{ held: counted.held, broken: counted.broken, unavailable: counted.unavailable },
});

/** Rows of probes that this version no longer knows are history and no more. */
const isKnown = (row: OutcomeRow): row is OutcomeRow & { readonly probe: ProbeId } =>
  (PROBE_IDS as readonly string[]).includes(row.probe);

export const toOutcome = (row: OutcomeRow & { readonly probe: ProbeId }) => ({
  probe: row.probe,
  outcome: row.outcome,
  evidence: row.evidence,
  durationMs: row.duration_ms,
  at: row.at.toISOString(),
});

const triedOf = (rows: readonly OutcomeRow[]): Map<ProbeId, Tried> =>
  new Map(
    rows
      .filter(isKnown)
      .map((row) => [row.probe, { probe: row.probe, outcome: row.outcome, atMs: row.at.getTime() }]),
  );

export const tilesOf = (rows: readonly OutcomeRow[], now: Date): TileHealth[] =>
  tileHealth(controlHealth(triedOf(rows), now.getTime()));

export function toState(rows: readonly OutcomeRow[], rounds: readonly ProbeRound[], now: Date): ProbesState {
  const tried = triedOf(rows);
  const controls = controlHealth(tried, now.getTime());
  return {
    at: now.toISOString(),
    intervalSeconds: PROBE_INTERVAL_SECONDS,
    tiles: tileHealth(controls).map((tile) => ({ ...tile, reasons: [...tile.reasons] })),
    controls,
    probes: rows
      .filter(isKnown)
      .map((row) => ({ ...toOutcome(row), state: probeHealth(tried.get(row.probe), now.getTime()) })),
    rounds: [...rounds],
  };
}

/** How many of each. */
export const countOutcomes = (outcomes: readonly Pick<ProbeOutcome, 'outcome'>[]) => {
  const of = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  return { held: of('held'), broken: of('broken'), unavailable: of('unavailable') };
};

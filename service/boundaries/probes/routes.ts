import { CONTROLS, controlOf, isConsoleProbe, ROUND_PROBE_IDS } from '../../../shared/boundaries/controls.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Database } from '../../db/database.ts';
import type { Handlers } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { actorOf, type Mutate, type Stage } from '../../identity/mutation.ts';
import { newestOutcomes } from '../consoles/newest.ts';
import { consoleOutcomesOf } from '../consoles/store.ts';
import { countOutcomes, mayBegin, mayReport, type RoundRow, toOutcome, toRound, toState } from './rules.ts';
import {
  insertOutcomes,
  insertRound,
  lastRounds,
  lockRound,
  markRound,
  openRound,
  outcomesOf,
} from './store.ts';

export interface ProbeDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly mutate: Mutate;
  /** An address that the service signed, of an export that exists nowhere, and whose time has passed. */
  expiredExport(now: Date): string;
  random(bytes: number): Uint8Array;
}

const ROUNDS_SHOWN = 20;

type ProbeHandlers = Pick<
  Handlers,
  | 'boundaries.probes'
  | 'boundaries.probeHistory'
  | 'boundaries.probe'
  | 'boundaries.nextRound'
  | 'boundaries.beginRound'
  | 'boundaries.reportRound'
>;
type Report = Parameters<ProbeHandlers['boundaries.reportRound']>[0]['body'];

/** One entry for the round, and one for each control that did not hold. */
async function tell(stage: Stage, round: RoundRow, { outcomes }: Report): Promise<void> {
  const broken = outcomes.filter(({ outcome }) => outcome === 'broken');
  await stage('probe.ran', {
    ...{ roundId: round.id, cause: round.cause, ...countOutcomes(outcomes) },
    brokenProbes: broken.map(({ probe }) => probe),
  });
  for (const { probe, evidence } of broken) {
    const control = controlOf(probe);
    const tiles = [...CONTROLS[control].tiles];
    await stage('probe.failed', { roundId: round.id, probe, control, tiles, evidence });
  }
}

const requireDistinct = ({ outcomes }: Report): void => {
  if (new Set(outcomes.map(({ probe }) => probe)).size < outcomes.length)
    throw new HttpError('bad_request', 'name each probe once');
};

const reads = ({ db }: ProbeDeps) =>
  ({
    'boundaries.probes': async (_input, ctx) => {
      const [outcomes, rounds] = await Promise.all([
        newestOutcomes(db.kysely, ctx.now()),
        lastRounds(db.kysely, ROUNDS_SHOWN),
      ]);
      const shown = rounds.map((row) => toRound(row, row));
      return { status: 200, body: toState(outcomes, shown, ctx.now()) };
    },
    'boundaries.probeHistory': async ({ query: { probe, limit } }) => {
      const history = isConsoleProbe(probe) ? consoleOutcomesOf : outcomesOf;
      const rows = await history(db.kysely, probe, limit);
      return { status: 200, body: { outcomes: rows.map((row) => toOutcome({ ...row, probe })) } };
    },
    'boundaries.nextRound': async () => {
      const open = await openRound(db.kysely);
      return { status: 200, body: { roundId: open && open.begun_at === null ? open.id : null } };
    },
  }) satisfies Partial<ProbeHandlers>;

const demand =
  ({ mutate, random }: ProbeDeps): ProbeHandlers['boundaries.probe'] =>
  (_input, ctx) =>
    mutate('boundaries.probe', ctx, async (tx, stage) => {
      const now = ctx.now();
      const row = await insertRound(tx, {
        ...{ id: makeId('probeRound', random(10), now.getTime()), cause: 'demand' },
        ...{ scheduled_by: actorOf(ctx).id, scheduled_at: now },
      });
      if (!row) throw new HttpError('conflict', 'a round of probes is under way; wait for its end');
      const eventId = await stage('probe.requested', { roundId: row.id });
      return { subject: row.id, answer: { status: 200 as const, body: { round: toRound(row), eventId } } };
    });

const answer = <Body extends object>(roundId: string, body: Body) => ({
  subject: roundId,
  answer: { status: 200 as const, body },
});

const begin =
  ({ mutate, expiredExport }: ProbeDeps): ProbeHandlers['boundaries.beginRound'] =>
  ({ body: { roundId } }, ctx) =>
    mutate('boundaries.beginRound', ctx, async (tx, stage) => {
      const row = await lockRound(tx, roundId);
      if (!mayBegin(row)) {
        // Committed, not thrown: that somebody tried is what must be known.
        await stage('probe.off_schedule', { roundId, what: 'unscheduled-begin' });
        return answer(roundId, { accepted: false, expiredExport: null });
      }
      if (row.begun_at === null) await markRound(tx, roundId, 'begun_at', ctx.now());
      return answer(roundId, { accepted: true, expiredExport: expiredExport(ctx.now()) });
    });

const report =
  ({ mutate }: ProbeDeps): ProbeHandlers['boundaries.reportRound'] =>
  ({ body }, ctx) =>
    mutate('boundaries.reportRound', ctx, async (tx, stage) => {
      const { roundId } = body;
      requireDistinct(body);
      const row = await lockRound(tx, roundId);
      if (!mayReport(row)) {
        await stage('probe.off_schedule', { roundId, what: 'unscheduled-report' });
        return answer(roundId, { accepted: false });
      }
      const told = new Set(body.outcomes.map(({ probe }) => probe));
      const silent = ROUND_PROBE_IDS.filter((probe) => !told.has(probe)).map((probe) => ({
        ...{ probe, outcome: 'unavailable' as const, evidence: 'The probe process did not report it.' },
        durationMs: 0,
      }));
      const whole = { ...body, outcomes: [...body.outcomes, ...silent] };
      await insertOutcomes(tx, roundId, whole.outcomes, ctx.now());
      await markRound(tx, roundId, 'finished_at', ctx.now());
      await tell(stage, row, whole);
      return answer(roundId, { accepted: true });
    });

export const probeHandlers = (deps: ProbeDeps): ProbeHandlers => ({
  ...reads(deps),
  'boundaries.probe': demand(deps),
  'boundaries.beginRound': begin(deps),
  'boundaries.reportRound': report(deps),
});

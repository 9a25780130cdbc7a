import { type ConsoleProbeId, isConsoleProbe } from '../../../shared/boundaries/controls.ts';
import { type Outcome, probeHealth, STALE_AFTER_MS, worstHealth } from '../../../shared/boundaries/health.ts';
import type { ProbeOutcome } from '../../../shared/http/boundary-probes.ts';
import type { ConsoleCheck, ConsoleView } from '../../../shared/http/console-checks.ts';
import type { OutcomeRow } from '../probes/rules.ts';

type Step = 'keychain' | 'fuses' | 'sandbox';

/** Which step of a console's self-attestation is which probe. */
const STEP_OF: Readonly<Record<ConsoleProbeId, Step>> = {
  'weak-keychain': 'keychain',
  'missing-fuse': 'fuses',
  'open-sandbox': 'sandbox',
};

const OUTCOME_OF: Readonly<Record<ConsoleCheck[Step]['status'], Outcome>> = {
  ok: 'held',
  weak: 'broken',
  failed: 'broken',
  unknown: 'unavailable',
};

const FROM_SOURCES = 'It runs from its sources, for which no fuse is shipped.';
const LONGEST_EVIDENCE = 300;

/**
 * What a report of a console says about each probe. A console that runs from its sources has the fuses of the runtime that it was
 * given; where that is allowed, in development, they prove nothing, and in production such a console has no business.
 */
export function judgeConsole(check: ConsoleCheck, environment: 'development' | 'production'): ProbeOutcome[] {
  return (Object.keys(STEP_OF) as ConsoleProbeId[]).map((probe) => {
    const { status, evidence } = check[STEP_OF[probe]];
    const excused = probe === 'missing-fuse' && !check.packaged && environment === 'development';
    const outcome = excused ? 'unavailable' : OUTCOME_OF[status];
    const said = excused ? `${FROM_SOURCES} ${evidence}`.slice(0, LONGEST_EVIDENCE) : evidence;
    return { probe, outcome, evidence: said, durationMs: check.durationMs };
  });
}

export interface ConsoleRow extends OutcomeRow {
  /** Of the operator whose console it is. */
  readonly name: string;
  readonly operator_id: string;
}

/** Whose console it is. */
export type ConsoleOwner = Pick<ConsoleView, 'name' | 'role'> & { readonly id: string };

const isFresh = (row: ConsoleRow, now: Date): boolean => now.getTime() - row.at.getTime() <= STALE_AFTER_MS;

/** The first in this order speaks for all consoles. A weak one that fell silent is not covered up by another that is well. */
function rankOf(row: ConsoleRow, now: Date): number {
  if (row.outcome === 'broken') return isFresh(row, now) ? 0 : 1;
  if (!isFresh(row, now)) return 4;
  return row.outcome === 'held' ? 2 : 3;
}

/** @param rows what each console of an active operator said last, of one probe; not none */
function worst(rows: readonly ConsoleRow[], now: Date): OutcomeRow {
  const [first] = rows.toSorted((a, b) => rankOf(a, now) - rankOf(b, now) || b.at.getTime() - a.at.getTime());
  const { probe, outcome, evidence, duration_ms, at, name } = first as ConsoleRow;
  return { probe, outcome, duration_ms, at, evidence: evidenceOf(name, evidence) };
}

/** Whose console it was belongs to what it saw. */
export const evidenceOf = (name: string, evidence: string): string =>
  `Console of ${name}: ${evidence}`.slice(0, LONGEST_EVIDENCE);

/** One outcome for each probe, from the last words of all consoles. */
export function ofAllConsoles(rows: readonly ConsoleRow[], now: Date): OutcomeRow[] {
  const probes = [...new Set(rows.map(({ probe }) => probe))];
  return probes.map((probe) =>
    worst(
      rows.filter((row) => row.probe === probe),
      now,
    ),
  );
}

type ProbedRow = ConsoleRow & { readonly probe: ConsoleProbeId };

/** Rows of probes that this version no longer knows are history and no more. */
const isProbed = (row: ConsoleRow): row is ProbedRow => isConsoleProbe(row.probe);

const foundBy = (rows: readonly ProbedRow[], now: Date): ConsoleView['found'] =>
  rows.map(({ probe, outcome, evidence, duration_ms, at }) => {
    const state = probeHealth({ probe, outcome, atMs: at.getTime() }, now.getTime());
    return { probe, outcome, evidence, durationMs: duration_ms, state };
  });

const wasWeak = ({ found }: ConsoleView): boolean => found.some(({ outcome }) => outcome === 'broken');

/** What somebody should look at comes first: weak now, weak when it fell silent, silent, never heard of. */
function urgencyOf(one: ConsoleView): number {
  if (one.state === 'broken') return 0;
  if (one.state === 'stale') return wasWeak(one) ? 1 : 2;
  return { untried: 3, unavailable: 4, held: 5 }[one.state];
}

/** Each console by itself, the worst first. @param rows what each said last, of each probe */
export function consolesOf(
  owners: readonly ConsoleOwner[],
  rows: readonly ConsoleRow[],
  now: Date,
): ConsoleView[] {
  const views = owners.map(({ id, name, role }): ConsoleView => {
    const own = rows.filter(isProbed).filter(({ operator_id }) => operator_id === id);
    const found = foundBy(own, now);
    const state = found.length === 0 ? 'untried' : worstHealth(found.map((one) => one.state));
    const last = Math.max(...own.map(({ at }) => at.getTime()));
    const reportedAt = own.length === 0 ? null : new Date(last).toISOString();
    return { operatorId: id, name, role, state, reportedAt, found };
  });
  return views.sort((a, b) => urgencyOf(a) - urgencyOf(b) || (a.name < b.name ? -1 : 1));
}

import { makeId } from '../../../shared/ids/ids.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import type { Tx } from '../../db/database.ts';
import type { Staging } from '../../ledger/staging.ts';
import { graver, rankOf } from '../incidents/rules.ts';
import { findIncidentFor, insertIncident, worsenIncident } from '../incidents/store.ts';
import { type AlertRule, NOBODY } from './rule.ts';
import type { Finding } from './rules.ts';
import { type AlertRow, insertAlert, quietAlert, repeatAlert } from './store.ts';

export interface RaiseDeps {
  readonly staging: Staging;
  random(bytes: number): Uint8Array;
  now(): Date;
}

/** Findings of one rule about one subject that follow each other and say the same: one change of its alert. */
export interface Group {
  readonly rule: AlertRule;
  readonly subject: string;
  readonly firing: boolean;
  readonly findings: Finding[];
}

/** Alerts of one rule about different subjects belong together for so long. */
const TOGETHER_MS = 6 * 3_600_000;

const SYSTEM: Actor = { type: 'system', id: 'alerts', name: null };
const BY = { actor: SYSTEM, agent: null, requestId: null };

const peak = (findings: readonly Finding[]): Finding =>
  findings.reduce((most, one) => (one.value > most.value ? one : most));

/** Joins the incident that is about the same, or opens one. @returns its id */
async function incidentFor(tx: Tx, deps: RaiseDeps, { rule, subject }: Group, at: Date): Promise<string> {
  const { asset, goal, severity, title } = rule;
  const known = await findIncidentFor(tx, {
    ...{ rule: rule.id, subject: subject === NOBODY ? null : subject },
    since: new Date(at.getTime() - TOGETHER_MS),
  });
  if (!known) {
    const id = makeId('incident', deps.random(10), deps.now().getTime());
    const gravity = { asset, goal, severity };
    await insertIncident(tx, { id, title, ...gravity, rank: rankOf(gravity), at });
    await deps.staging.stage(tx, {
      ...BY,
      kind: 'incident.opened',
      data: { incidentId: id, title, ...gravity },
    });
    return id;
  }
  const worst = graver({ ...known }, { ...known, asset, goal, severity, title });
  // Whoever said that it is contained did not know of this.
  const state = known.state === 'contained' ? 'open' : known.state;
  await worsenIncident(tx, known.id, { ...worst, rank: rankOf(worst), at, state });
  if (state !== known.state)
    await deps.staging.stage(tx, {
      ...BY,
      kind: 'incident.state-changed',
      data: { incidentId: known.id, from: known.state, to: state, reason: `a new alert: ${rule.id}` },
    });
  return known.id;
}

const raisedOf = (row: AlertRow, entry: number | null, again: boolean) => ({
  ...{ alertId: row.id, incidentId: row.incident_id, rule: row.rule, subject: row.subject },
  ...{ severity: row.severity, value: row.value, threshold: row.threshold, entry, again },
});

async function raise(tx: Tx, deps: RaiseDeps, group: Group): Promise<AlertRow> {
  const { rule, subject, findings } = group;
  const [first] = findings as [Finding, ...Finding[]];
  const last = findings.at(-1) ?? first;
  const most = peak(findings);
  const row = await insertAlert(tx, {
    id: makeId('alert', deps.random(10), deps.now().getTime()),
    incidentId: await incidentFor(tx, deps, group, new Date(first.at)),
    ...{ rule: rule.id, subject, severity: rule.severity, value: most.value, threshold: most.threshold },
    ...{ occurrences: findings.length, firstAt: new Date(first.at), lastAt: new Date(last.at) },
    evidence: numbersOf(findings),
  });
  await deps.staging.stage(tx, { ...BY, kind: 'alert.raised', data: raisedOf(row, first.number, false) });
  return row;
}

const numbersOf = (findings: readonly Finding[]): number[] =>
  findings.flatMap(({ number }) => (number === null ? [] : [number])).slice(0, 100);

async function repeat(tx: Tx, deps: RaiseDeps, group: Group, former: AlertRow): Promise<AlertRow> {
  const { findings } = group;
  const last = findings.at(-1) as Finding;
  const row = await repeatAlert(tx, former.id, {
    ...{ occurrences: findings.length, value: peak(findings).value, lastAt: new Date(last.at) },
    evidence: numbersOf(findings),
  });
  if (former.acknowledged_at !== null)
    await deps.staging.stage(tx, { ...BY, kind: 'alert.raised', data: raisedOf(row, last.number, true) });
  return row;
}

/**
 * Makes of a group what has become of its alert: raised once, repeated while it rings, quiet when it has ceased.
 * @returns the alert that rings afterwards, or null
 */
export async function applyGroup(
  tx: Tx,
  deps: RaiseDeps,
  group: Group,
  former: AlertRow | null,
): Promise<AlertRow | null> {
  if (group.firing) return former ? repeat(tx, deps, group, former) : raise(tx, deps, group);
  if (!former) return null;
  // An acknowledgement or a later repetition may be younger than what has ceased.
  const at = new Date(Math.max((group.findings.at(-1) as Finding).at, former.last_at.getTime()));
  await quietAlert(tx, former.id, at);
  const { rule, subject } = former;
  await deps.staging.stage(tx, { ...BY, kind: 'alert.quieted', data: { alertId: former.id, rule, subject } });
  return null;
}

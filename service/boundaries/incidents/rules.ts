import {
  type ATTACKER_GOALS,
  ATTACKER_GOALS as GOALS,
  INCIDENT_ASSETS,
  type Incident,
  type IncidentState,
} from '../../../shared/http/incidents.ts';
import { HttpError } from '../../gate/http-error.ts';

export interface Gravity {
  readonly asset: (typeof INCIDENT_ASSETS)[number];
  readonly goal: (typeof ATTACKER_GOALS)[number];
  readonly severity: number;
}

/** Lower is graver: the asset decides, then what the attacker wants, then how bad it is. */
export const rankOf = ({ asset, goal, severity }: Gravity): number =>
  INCIDENT_ASSETS.indexOf(asset) * 100 + GOALS.indexOf(goal) * 10 + severity;

/** The graver of two. */
export const graver = <A extends Gravity, B extends Gravity>(a: A, b: B): A | B =>
  rankOf(b) < rankOf(a) ? b : a;

const MINUTE_MS = 60_000;
/** Minutes within which somebody acknowledges, and contains, by severity. */
const CLOCK: Readonly<Record<number, readonly [number, number]>> = {
  1: [15, 60],
  2: [30, 240],
  3: [240, 1_440],
  4: [1_440, 10_080],
};

export interface IncidentRow extends Gravity {
  readonly id: string;
  readonly title: string;
  readonly rank: number;
  readonly state: IncidentState;
  readonly opened_at: Date;
  readonly last_alert_at: Date;
  readonly acknowledged_at: Date | null;
  readonly contained_at: Date | null;
  readonly closed_at: Date | null;
}

/** What is late: a clock stops with the act that it waits for. */
export function clockOf(row: IncidentRow, now: Date): Incident['clock'] {
  const [acknowledge, contain] = CLOCK[row.severity] ?? [1_440, 10_080];
  const acknowledgeBy = new Date(row.opened_at.getTime() + acknowledge * MINUTE_MS);
  const containBy = new Date(row.opened_at.getTime() + contain * MINUTE_MS);
  const done = row.state === 'contained' || row.state === 'closed';
  const unseen = row.state === 'open' && now > acknowledgeBy ? 'acknowledge' : null;
  return {
    acknowledgeBy: acknowledgeBy.toISOString(),
    containBy: containBy.toISOString(),
    overdue: !done && now > containBy ? 'contain' : unseen,
  };
}

const ORDER: readonly IncidentState[] = ['open', 'acknowledged', 'contained', 'closed'];

/** People move an incident forward only; new alerts move it back. @throws HttpError `conflict` */
export function requireForward(id: string, from: IncidentState, to: IncidentState): void {
  if (ORDER.indexOf(to) > ORDER.indexOf(from)) return;
  throw new HttpError('conflict', `${id} is ${from} already`);
}

/** @throws HttpError `conflict` while something of it still rings */
export function requireQuiet(id: string, to: IncidentState, unseen: number): void {
  if (to !== 'closed' || unseen === 0) return;
  throw new HttpError(
    'conflict',
    `${unseen} alerts of ${id} are firing and not acknowledged; look at them first`,
  );
}

const text = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toIncident = (
  row: IncidentRow & { readonly alerts: number; readonly firing: number },
  now: Date,
): Incident => ({
  ...{ id: row.id, title: row.title, asset: row.asset, goal: row.goal, severity: row.severity },
  ...{ rank: row.rank, state: row.state, alerts: row.alerts, firing: row.firing },
  openedAt: row.opened_at.toISOString(),
  lastAlertAt: row.last_alert_at.toISOString(),
  acknowledgedAt: text(row.acknowledged_at),
  containedAt: text(row.contained_at),
  closedAt: text(row.closed_at),
  clock: clockOf(row, now),
});

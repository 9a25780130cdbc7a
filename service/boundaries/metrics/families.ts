import { PROBE_IDS } from '../../../shared/boundaries/controls.ts';
import { OUTCOMES } from '../../../shared/boundaries/health.ts';
import { boundary } from '../../../shared/http/boundaries.ts';
import { INCIDENT_STATES } from '../../../shared/http/incidents.ts';
import { type LimiterMode, limiterMode } from '../../../shared/http/limits.ts';
import { ALERT_RULES } from '../alerts/catalogue.ts';
import type { OutcomeRow } from '../probes/rules.ts';
import type { Boundary, DatabaseFacts, LedgerFacts } from '../rules.ts';
import type { TrafficCounters } from '../traffic.ts';
import { type Family, type Sample, states } from './exposition.ts';
import { counter, gauge } from './family.ts';
import { ofWebhook, type WebhookFacts } from './webhook-families.ts';

/** Null: the database did not answer, and nothing is said of what it knows. */
export interface MetricFacts {
  readonly startedAt: Date;
  readonly residentBytes: number;
  readonly traffic: TrafficCounters;
  readonly database: DatabaseFacts;
  readonly limiter: LimiterMode;
  readonly boundaries: readonly Pick<Boundary, 'id' | 'state'>[];
  readonly ledger: LedgerFacts | null;
  readonly frozen: boolean | null;
  readonly firing: ReadonlyMap<string, number> | null;
  readonly incidents: ReadonlyMap<string, number> | null;
  readonly outcomes: readonly OutcomeRow[] | null;
  readonly webhook: WebhookFacts;
}

const one = (value: number): Sample[] => [{ value }];
const known = (value: number | null | undefined): Sample[] =>
  value === null || value === undefined ? [] : one(value);
const seconds = (ms: number): number => ms / 1000;
const bit = (value: boolean): number => (value ? 1 : 0);

const ofProcess = ({ startedAt, residentBytes, traffic, limiter }: MetricFacts): Family[] => [
  gauge(
    'start_time_seconds',
    'When the process began, Unix time.',
    one(seconds(startedAt.getTime())),
    'seconds',
  ),
  gauge('resident_memory_bytes', 'Resident memory of the process.', one(residentBytes), 'bytes'),
  counter('requests', 'Requests that were answered.', one(traffic.requests)),
  counter('requests_refused', 'Requests that were refused, by why.', [
    { labels: { reason: 'credential' }, value: traffic.refusedCredentials },
    { labels: { reason: 'limit' }, value: traffic.refusedLimits },
  ]),
  counter('requests_failed', 'Requests that ended in an error of the service.', one(traffic.failures)),
  gauge(
    'answer_p95_seconds',
    'Time of answers of the last minute, 95th percentile.',
    one(seconds(traffic.p95Ms)),
    'seconds',
  ),
  gauge('limiter_mode', 'How limits are counted.', states(limiterMode.options, limiter)),
];

const ofDatabase = ({ database, ledger }: MetricFacts): Family[] => [
  gauge('database_up', 'Whether the database answers.', one(bit(database.reachable))),
  gauge('database_connections_idle', 'Connections that nobody uses.', one(database.idle)),
  gauge('database_requests_waiting', 'Requests that wait for a connection.', one(database.waiting)),
  gauge(
    'database_query_p95_seconds',
    'Time of queries of the last minute, 95th percentile.',
    one(seconds(database.p95Ms)),
    'seconds',
  ),
  counter('ledger_entries', 'Entries of the ledger that have a number.', known(ledger?.size)),
  gauge('ledger_entries_pending', 'Entries that wait for their number.', known(ledger?.pending)),
  gauge(
    'ledger_oldest_pending_seconds',
    'How long the oldest of them has waited.',
    known(ledger && seconds(ledger.oldestPendingMs)),
    'seconds',
  ),
  gauge(
    'ledger_last_integrated_seconds',
    'When an entry got its number last, Unix time.',
    known(ledger?.lastIntegratedAt ? seconds(Date.parse(ledger.lastIntegratedAt)) : null),
    'seconds',
  ),
];

const BOUNDARY_STATES = boundary.shape.state.options;

/** Rows of probes that this version does not know would be labels that nobody bounds. */
const knownProbes = (outcomes: MetricFacts['outcomes']): readonly OutcomeRow[] =>
  (outcomes ?? []).filter(({ probe }) => (PROBE_IDS as readonly string[]).includes(probe));

const ofControls = ({ boundaries, outcomes }: MetricFacts): Family[] => [
  gauge(
    'boundary_state',
    'State of each threat boundary.',
    boundaries.flatMap(({ id, state }) => states(BOUNDARY_STATES, state, { boundary: id })),
  ),
  gauge(
    'probe_outcome',
    'What each negative probe found last.',
    knownProbes(outcomes).flatMap(({ probe, outcome }) => states(OUTCOMES, outcome, { probe })),
  ),
  gauge(
    'probe_last_run_seconds',
    'When each probe ran last, Unix time.',
    knownProbes(outcomes).map(({ probe, at }) => ({ labels: { probe }, value: seconds(at.getTime()) })),
    'seconds',
  ),
];

const ofIncidents = ({ firing, incidents, frozen }: MetricFacts): Family[] => [
  gauge(
    'alerts_firing',
    'Alerts that fire now, by rule.',
    firing === null
      ? []
      : ALERT_RULES.map(({ id, severity }) => ({
          labels: { rule: id, severity: String(severity) },
          value: firing.get(id) ?? 0,
        })),
  ),
  gauge(
    'incidents',
    'Incidents by state.',
    incidents === null
      ? []
      : INCIDENT_STATES.map((state) => ({ labels: { state }, value: incidents.get(state) ?? 0 })),
  ),
  gauge(
    'spending_frozen',
    'Whether an operator has stopped all spending.',
    frozen === null ? [] : one(bit(frozen)),
  ),
];

/** Every family, in an order that does not change. */
export const familiesOf = (facts: MetricFacts): Family[] => [
  ...ofProcess(facts),
  ...ofDatabase(facts),
  ...ofControls(facts),
  ...ofIncidents(facts),
  ...ofWebhook(facts.webhook),
];

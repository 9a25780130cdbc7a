import type { TileHealth } from '../../shared/boundaries/health.ts';
import type { BoundariesState } from '../../shared/http/boundaries.ts';
import type { LimiterMode } from '../../shared/http/limits.ts';
import type { TrafficCounters } from './traffic.ts';

type Judged = BoundariesState['boundaries'][number];
/** A boundary by its live signals alone. */
export type Boundary = Omit<Judged, 'probes'>;
type State = Boundary['state'];
type Signal = Boundary['signals'][number];

/** Share of the last minute's requests that were refused, above which somebody should look. */
export const REFUSED_SHARE_ATTENTION = 0.5;
/** Requests of the last minute below which a share says nothing. */
export const REFUSED_SHARE_MINIMUM_PER_SECOND = 0.5;
/** 95th percentile of an answer, milliseconds. SPEC 19.10 asks for a p99 under 100 ms at full load. */
export const ANSWER_P95_ATTENTION_MS = 100;
/** 95th percentile of a query, milliseconds; over the socket of the same host one takes about 0.2. */
export const QUERY_P95_ATTENTION_MS = 50;
/** Share of the last minute's queries that failed; single ones are refused replays and lost races, which is their work. */
export const QUERY_ERROR_SHARE_ATTENTION = 0.01;
/** A staged entry is numbered within 1 s always (SPEC 10); later, the log lags; from 5 s on, the service is not ready. */
export const PENDING_ATTENTION_MS = 1_000;
export const PENDING_FAILING_MS = 5_000;

/** Share of the last minute's ended generations that were not charged, and how few of them say nothing. */
const VOIDED_SHARE_ATTENTION = 0.5;
const VOIDED_MINIMUM = 5;
const NOTHING_SENT = { began: 0, settled: 0, voided: 0, abandoned: 0, lost: 0 } as const;

interface Finding {
  readonly state: Extract<State, 'attention' | 'failing'>;
  readonly reason: string;
}

const when = (holds: boolean, state: Finding['state'], reason: string): Finding[] =>
  holds ? [{ state, reason }] : [];

const signal = (name: string, label: string, value: number, unit: Signal['unit']): Signal => ({
  name,
  label,
  value,
  unit,
});

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** The worst finding decides; without one the boundary is what the observation of normal work says. */
function judge(
  id: Boundary['id'],
  findings: readonly Finding[],
  normal: { readonly state: State; readonly reason: string },
  signals: Signal[],
): Boundary {
  const failing = findings.filter((f) => f.state === 'failing');
  const ranked = [...failing, ...findings.filter((f) => f.state === 'attention')];
  const [worst] = ranked;
  return {
    id,
    state: worst?.state ?? normal.state,
    reasons: worst ? ranked.map((f) => f.reason) : [normal.reason],
    signals,
  };
}

export function clientApi(traffic: TrafficCounters, limiter: LimiterMode): Boundary {
  const { perSecond, refusedShare, failuresLastMinute, p95Ms, requests } = traffic;
  const flooded = perSecond >= REFUSED_SHARE_MINIMUM_PER_SECOND && refusedShare > REFUSED_SHARE_ATTENTION;
  const findings = [
    ...when(
      limiter === 'degraded',
      'attention',
      'The limiter lost Redis: limits hold for each process alone.',
    ),
    ...when(failuresLastMinute > 0, 'attention', `${failuresLastMinute} requests failed in the last minute.`),
    ...when(
      flooded,
      'attention',
      `${Math.round(refusedShare * 100)} % of the last minute’s requests were refused.`,
    ),
    ...when(
      p95Ms > ANSWER_P95_ATTENTION_MS,
      'attention',
      `One answer in twenty takes longer than ${ms(p95Ms)}.`,
    ),
  ];
  const normal =
    requests === 0
      ? ({ state: 'idle', reason: 'No request has come in since the service started.' } as const)
      : ({
          state: 'healthy',
          reason: `Answers within ${ms(p95Ms)}; bad tokens and floods are refused.`,
        } as const);
  return judge('client-api', findings, normal, [
    signal('requests', 'Requests since start', requests, 'count'),
    signal('rate', 'Requests, last minute', perSecond, 'per-second'),
    signal('refused-credentials', 'Refused: bad credential', traffic.refusedCredentials, 'count'),
    signal('refused-limits', 'Refused: over a limit', traffic.refusedLimits, 'count'),
    signal('failures', 'Failures', traffic.failures, 'count'),
    signal('p95', 'Answer time p95, last minute', p95Ms, 'ms'),
  ]);
}

export interface DatabaseFacts {
  readonly reachable: boolean;
  readonly queries: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface LedgerFacts {
  readonly size: number;
  readonly root: string;
  readonly pending: number;
  readonly oldestPendingMs: number;
  readonly lastIntegratedAt: string | null;
}

export function apiDatabase(db: DatabaseFacts, ledger: LedgerFacts | null): Boundary {
  const age = ledger?.oldestPendingMs ?? 0;
  const findings = [
    ...when(!db.reachable, 'failing', 'The database does not answer.'),
    ...when(
      age > PENDING_FAILING_MS,
      'failing',
      `The oldest ledger entry has waited ${ms(age)} for its number.`,
    ),
    ...when(
      age > PENDING_ATTENTION_MS && age <= PENDING_FAILING_MS,
      'attention',
      `The ledger lags: its oldest entry has waited ${ms(age)} for its number.`,
    ),
    ...when(db.waiting > 0, 'attention', `${db.waiting} requests wait for a connection.`),
    ...when(
      db.p95Ms > QUERY_P95_ATTENTION_MS,
      'attention',
      `One query in twenty takes longer than ${ms(db.p95Ms)}.`,
    ),
    ...when(
      db.reachable && db.errors > db.queries * QUERY_ERROR_SHARE_ATTENTION,
      'attention',
      `${db.errors} of the last minute’s ${db.queries} queries failed.`,
    ),
  ];
  const reason = `Queries answer within ${ms(db.p95Ms)}, and every ledger entry has its number.`;
  return judge('api-database', findings, { state: 'healthy', reason }, [
    signal('queries', 'Queries, last minute', db.queries, 'count'),
    signal('errors', 'Query errors, last minute', db.errors, 'count'),
    signal('p50', 'Query time p50, last minute', db.p50Ms, 'ms'),
    signal('p95', 'Query time p95, last minute', db.p95Ms, 'ms'),
    signal('idle', 'Idle connections', db.idle, 'count'),
    signal('waiting', 'Requests waiting for one', db.waiting, 'count'),
    signal('pending', 'Ledger entries without number', ledger?.pending ?? 0, 'count'),
    signal('pending-age', 'Oldest of them', age, 'ms'),
  ]);
}

/** Generations that began within the last minute, and those that ended in it, by how. */
export interface ProviderFacts {
  readonly began: number;
  readonly settled: number;
  readonly voided: number;
  readonly abandoned: number;
  /** Settled above what was held for them. */
  readonly lost: number;
}

/** @param facts null while the database cannot be asked */
export function apiProvider(facts: ProviderFacts | null): Boundary {
  const { began, settled, voided, abandoned, lost } = facts ?? NOTHING_SENT;
  const ended = settled + voided + abandoned;
  const findings = [
    ...when(facts === null, 'attention', 'What went to providers cannot be counted now.'),
    ...when(
      lost > 0,
      'attention',
      `${lost} generations of the last minute cost more than was held for them.`,
    ),
    ...when(
      abandoned > 0,
      'attention',
      `${abandoned} generations of the last minute died before their answer.`,
    ),
    ...when(
      ended >= VOIDED_MINIMUM && voided > ended * VOIDED_SHARE_ATTENTION,
      'attention',
      `${voided} of ${ended} generations that ended in the last minute were paid nothing: look at the providers.`,
    ),
  ];
  const normal =
    began + ended === 0
      ? ({ state: 'idle', reason: 'Nothing went to a provider in the last minute.' } as const)
      : ({
          state: 'healthy',
          reason: 'Every generation is held for first, and paid within its hold.',
        } as const);
  return judge('api-provider', findings, normal, [
    signal('generations', 'Generations begun, last minute', began, 'count'),
    signal('settled', 'Paid, last minute', settled, 'count'),
    signal('voided', 'Not charged, last minute', voided, 'count'),
    signal('abandoned', 'Died, last minute', abandoned, 'count'),
    signal('over-hold', 'Cost above the hold, last minute', lost, 'count'),
  ]);
}

export interface PersistenceFacts {
  /** Null while the database cannot be asked. */
  readonly keys: { readonly total: number; readonly active: number; readonly hashed: number } | null;
  /** Provider secrets, and how many of them do not open; null while the database cannot be asked. */
  readonly secrets: { readonly total: number; readonly unreadable: number } | null;
  /** Names in the data directory that others than the owner may open, with their modes. */
  readonly open: readonly string[];
  readonly checkedFiles: number;
  /** Whether the data directory could be looked at. */
  readonly dataDirSeen: boolean;
  /** The system user that the scan plane has to itself; null: it runs as the service's own. */
  readonly scanUser: string | null;
}

/** Who else is that user is said as it is: on a desktop there is one, which is no finding. */
const ownUser = (scanUser: string | null): string =>
  scanUser === null
    ? 'only the service’s own user, which the scan plane runs as too, can open its files'
    : `only the service’s own user can open its files; the scan plane runs as another one, ${scanUser}`;

export function secretPersistence(facts: PersistenceFacts): Boundary {
  const { keys, secrets, open, checkedFiles, dataDirSeen, scanUser } = facts;
  const bare = keys ? keys.total - keys.hashed : 0;
  const unreadable = secrets?.unreadable ?? 0;
  const findings = [
    ...when(bare > 0, 'failing', `${bare} key rows hold something other than a SHA-256.`),
    ...when(
      unreadable > 0,
      'failing',
      `${unreadable} provider secrets do not open: a root is missing, or somebody changed the rows.`,
    ),
    ...when(open.length > 0, 'failing', `Others on this host may open ${open.slice(0, 3).join(', ')}.`),
    ...when(keys === null, 'attention', 'Whether keys are stored as hashes only cannot be checked now.'),
    ...when(!dataDirSeen, 'attention', 'The data directory cannot be looked at.'),
  ];
  const reason = `Keys are stored as hashes only, and ${ownUser(scanUser)}.`;
  return judge('secret-persistence', findings, { state: 'healthy', reason }, [
    signal('keys', 'Keys stored', keys?.total ?? 0, 'count'),
    signal('keys-active', 'Keys active', keys?.active ?? 0, 'count'),
    signal('keys-hashed', 'Stored as SHA-256 only', keys?.hashed ?? 0, 'count'),
    signal('provider-secrets', 'Provider secrets stored', secrets?.total ?? 0, 'count'),
    signal('provider-secrets-unreadable', 'Of these, do not open', unreadable, 'count'),
    signal('files', 'Files and folders checked', checkedFiles, 'count'),
    signal('files-open', 'Open to others', open.length, 'count'),
    signal('scan-plane-users', 'System users of the scan plane alone', scanUser === null ? 0 : 1, 'count'),
  ]);
}

const isProblem = (reason: string): boolean => reason.startsWith('A probe broke through');

/** Joins what the probes found to what is measured: one broken control fails its boundary, and says which one. */
export const withProbes = (boundaries: readonly Boundary[], tiles: readonly TileHealth[]): Judged[] =>
  boundaries.map((boundary) => {
    const tile = tiles.find((one) => one.tile === boundary.id);
    const probes = tile?.state ?? 'untried';
    if (probes !== 'broken') return { ...boundary, probes };
    const broken = tile?.reasons.filter(isProblem) ?? [];
    const measured = boundary.state === 'attention' || boundary.state === 'failing' ? boundary.reasons : [];
    return { ...boundary, state: 'failing', probes, reasons: [...broken, ...measured] };
  });

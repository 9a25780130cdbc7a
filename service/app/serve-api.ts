import { randomBytes } from 'node:crypto';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ApiSettings, KeysOf } from '../../shared/service/launch.ts';
import { hydratePayerKey } from '../autonomy/sessions/ending.ts';
import { type Database, openDatabase, pingDatabase, transact } from '../db/database.ts';
import { isRefusedBy } from '../db/database-error.ts';
import { deleteOldIdentities } from '../identity/agents/store.ts';
import { purgeAnswers } from '../identity/idempotency.ts';
import { IdentityError } from '../identity/identity-error.ts';
import { issueFirstCode } from '../identity/operators/first-code.ts';
import { takeRecovery } from '../identity/operators/recovery.ts';
import { expireProposals } from '../identity/proposals/closing.ts';
import { purgeNonces } from '../identity/replay.ts';
import { deleteExpiredTokens } from '../identity/sessions/store.ts';
import { closeRevokedStreams } from '../identity/tickets/redeem.ts';
import { deleteExpiredTickets } from '../identity/tickets/store.ts';
import type { Staging } from '../ledger/staging.ts';
import { purgeHeartbeats } from '../limits/heartbeat/store.ts';
import { enterClosedMinutes } from '../limits/refusals.ts';
import { tellSources } from '../limits/sources.ts';
import { type Job, startJobs } from '../process/jobs.ts';
import { listenOnPort, listenOnSocket } from '../process/listen.ts';
import { ApiStartError } from '../process/start-error.ts';
import { reEncrypt } from '../tokenhall/secrets/rotation/re-encrypt.ts';
import { requireRoots } from '../tokenhall/secrets/rotation/require-roots.ts';
import { TokenhallError } from '../tokenhall/tokenhall-error.ts';
import { expireHolds } from '../treasury/expiry.ts';
import { type BuiltApi, buildApi, type Clock } from './build-api.ts';
import { clockMoved, watchClock } from './clock-watch.ts';
import type { ServedLog } from './open-log.ts';

export interface ServeOptions {
  readonly settings: ApiSettings;
  readonly keys: KeysOf<'api'>;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  openLedger(db: Database): Promise<ServedLog>;
  /** Hears whether there is something to mint, again and again. */
  mintWork?(wanted: boolean): void;
  /** SHA-256 (hex) of the tokens to accept from the first request on. */
  adminTokens?(): readonly string[];
}

export interface RunningApi {
  readonly apiUrl: string;
  /** The origin that `@target-uri` of a signed request must have. */
  readonly adminOrigin: string;
  readonly adminSocket: string | null;
  /** Replaces the set of accepted admin tokens; streams of tokens that are gone close at once. */
  setAdminTokens(sha256Hex: readonly string[]): void;
  stop(): Promise<void>;
}

/** Connections to the database: enough to keep two cores busy, few enough for many instances. */
const POOL_SIZE = 12;
/** A request that is still running after this long at a stop is cut off; its statement would time out before. */
const DRAIN_MS = 6_000;

async function connectDatabase({ settings, keys }: ServeOptions): Promise<Database> {
  const db = openDatabase({
    endpoint: settings.database,
    role: 'api',
    password: keys.password,
    poolSize: POOL_SIZE,
  });
  try {
    await pingDatabase(db);
    return db;
  } catch (cause) {
    await db.close();
    throw new ApiStartError(
      'database-unreachable',
      'The database does not answer. Start it, or check its address.',
      {
        cause,
      },
    );
  }
}

/** @throws ApiStartError `settings-invalid` when secrets are stored that this process could not open */
const requireSecretRoots = (api: BuiltApi): Promise<void> =>
  requireRoots(api.secrets).catch((cause: unknown) => {
    if (!(cause instanceof TokenhallError)) throw cause;
    throw new ApiStartError('settings-invalid', cause.message, { cause });
  });

/** Re-issues the code of the first enrolment before it expires, until somebody has enrolled. */
function firstCodeIssuer(options: ServeOptions, db: Database) {
  const { dataDir } = options.settings;
  const issue = () =>
    issueFirstCode({
      db,
      dataDir,
      random: (bytes) => randomBytes(bytes),
      now: () => options.clock.now(),
    }).catch((cause: unknown) => {
      if (!(cause instanceof IdentityError)) throw cause;
      const sentence = `${dataDir} cannot be written. Make it this user’s own, or free some space.`;
      throw new ApiStartError('data-dir-unwritable', sentence, { cause });
    });
  let expiresAt: Date | null = null;
  return {
    issue: async () => {
      expiresAt = await issue();
    },
    renew: async () => {
      if (expiresAt && expiresAt <= options.clock.now()) expiresAt = await issue();
    },
  };
}

const jobsOf = (
  db: Database,
  api: BuiltApi,
  staging: Staging,
  clock: Clock,
  {
    renewCode,
    takeRecoveryCode,
  }: { renewCode: () => Promise<void>; takeRecoveryCode: () => Promise<unknown> },
): Job[] => [
  ...api.jobs,
  { name: 'key-memory', everyMs: 100, run: async () => api.keyMemory.beat() },
  { name: 'clock', everyMs: 1_000, run: watchClock(clock, clockMoved(db, staging)) },
  { name: 'last-seen', everyMs: 5_000, run: () => api.lastSeen.flush(db) },
  { name: 'refusals', everyMs: 1_000, run: () => api.refusals.flush(db) },
  { name: 'limiter-outages', everyMs: 500, run: () => api.limiter.outages.flush(db, staging) },
  { name: 'closed-minutes', everyMs: 2_000, run: () => enterClosedMinutes(db, staging, clock.now()) },
  { name: 'refused-sources', everyMs: 2_000, run: () => tellSources(db, staging, clock.now()) },
  { name: 'first-code', everyMs: 10_000, run: renewCode },
  { name: 'proposals', everyMs: 10_000, run: () => expireProposals(db, staging, clock.now()) },
  { name: 'holds', everyMs: 1_000, run: () => expireHolds(db, staging) },
  { name: 'generations', everyMs: 30_000, run: () => api.hall.abandon() },
  { name: 'provider-breakers', everyMs: 1_000, run: () => api.hall.tellBreakers() },
  { name: 'provider-secrets', everyMs: 1_000, run: () => reEncrypt(api.secrets) },
  { name: 'recovery', everyMs: 500, run: takeRecoveryCode },
  // Half of the second in which a revocation must close them, less the time of the look.
  { name: 'revoked-streams', everyMs: 300, run: () => closeRevokedStreams(db, api.streams) },
  { name: 'stream-tickets', everyMs: 60_000, run: () => deleteExpiredTickets(db.kysely, clock.now()) },
  { name: 'nonces', everyMs: 10 * 60_000, run: () => purgeNonces(db) },
  { name: 'heartbeats', everyMs: 60 * 60_000, run: () => purgeHeartbeats(db, clock.now()) },
  { name: 'answers', everyMs: 60 * 60_000, run: () => purgeAnswers(db, clock.now()) },
  {
    name: 'refresh-tokens',
    everyMs: 60 * 60_000,
    run: async () => void (await deleteExpiredTokens(db.kysely, clock.now())),
  },
  {
    name: 'identity-tokens',
    everyMs: 60 * 60_000,
    run: async () => void (await deleteOldIdentities(db.kysely, clock.now())),
  },
];

interface Origins {
  readonly apiUrl: string;
  readonly adminOrigin: string;
  readonly adminSocket: string | null;
}

async function listen({ settings }: ServeOptions, api: BuiltApi): Promise<Origins> {
  const apiUrl = await listenOnPort(api.publicApp, settings.api.host, settings.api.port);
  const { admin } = settings;
  if (admin === null) return { apiUrl, adminOrigin: apiUrl, adminSocket: null };
  if ('socket' in admin) {
    await listenOnSocket(api.adminApp, admin.socket);
    return { apiUrl, adminOrigin: admin.origin, adminSocket: admin.socket };
  }
  const url = await listenOnPort(api.adminApp, admin.host, admin.port);
  return { apiUrl, adminOrigin: admin.origin ?? url, adminSocket: null };
}

async function drain(apps: ReadonlySet<FastifyInstance>): Promise<void> {
  const cut = setTimeout(() => {
    for (const app of apps) app.server.closeAllConnections();
  }, DRAIN_MS);
  await Promise.all([...apps].map((app) => app.close()));
  clearTimeout(cut);
}

const endingWith = ({ clock }: ServeOptions, db: Database, staging: Staging) => ({
  db,
  staging,
  now: () => clock.now(),
});

const stageStarted = ({ settings }: ServeOptions, db: Database, staging: Staging) =>
  transact(db, (tx) =>
    staging.stage(tx, {
      kind: 'service.started',
      data: { version: settings.version, mode: settings.mode, signatures: settings.adminSignatures },
      actor: { type: 'system', id: 'api', name: null },
      agent: null,
      requestId: null,
    }),
  );

const retired = (cause: unknown): ApiStartError =>
  new ApiStartError(
    'settings-invalid',
    'The payer’s wallet was retired by two persons and never pays again. Configure the key of its successor.',
    { cause },
  );

/** A session of an earlier payer key must not meet a single request, nor a request a secret that nobody here could open. */
async function beforeAnybodyAsks(options: ServeOptions, db: Database, staging: Staging, api: BuiltApi) {
  await requireSecretRoots(api);
  await api.keyMemory.attach(db);
  const ending = endingWith(options, db, staging);
  await hydratePayerKey(ending, options.settings.payerKey ?? null).catch((error: unknown) => {
    throw isRefusedBy(error, 'payer_keys_stay_retired') ? retired(error) : error;
  });
}

const recoveryTaker =
  ({ settings, clock }: ServeOptions, db: Database, staging: Staging) =>
  () =>
    takeRecovery({
      ...{ db, dataDir: settings.dataDir, staging },
      random: (bytes) => randomBytes(bytes),
      now: () => clock.now(),
    });

/**
 * Runs the API process: database, both planes, their listeners and what must be done again and again.
 * @throws ApiStartError with a sentence that says what to do
 */
export async function serveApi(options: ServeOptions): Promise<RunningApi> {
  const { clock, log } = options;
  const db = await connectDatabase(options);
  const undo: (() => Promise<unknown>)[] = [() => db.close()];
  try {
    const ledger = await options.openLedger(db);
    undo.unshift(() => ledger.stop());
    const firstCode = firstCodeIssuer(options, db);
    const enrolled = () => {
      firstCode.issue().catch((error: unknown) => log.warn({ err: error }, 'enrolment code is not cleared'));
    };
    let origins: Origins | null = null;
    const api = await buildApi({
      ...options,
      db,
      enrolled,
      staging: ledger.staging,
      ledger: ledger.handlers,
      random: (bytes) => randomBytes(bytes),
      adminOrigin: () => origins?.adminOrigin ?? '',
    });
    const leave = () => drain(new Set([api.publicApp, api.adminApp])).then(() => api.hall.close());
    undo.unshift(async () => api.limiter.close());
    undo.unshift(leave);
    await firstCode.issue();
    await beforeAnybodyAsks(options, db, ledger.staging, api);
    // Before anybody can ask: a valid token must never be refused because the service has just come back.
    api.tokens.replace(options.adminTokens?.() ?? []);
    origins = await listen(options, api);
    await stageStarted(options, db, ledger.staging);
    const takeRecoveryCode = recoveryTaker(options, db, ledger.staging);
    const repeated = { renewCode: firstCode.renew, takeRecoveryCode };
    const jobs = startJobs(jobsOf(db, api, ledger.staging, clock, repeated), log);
    return {
      ...origins,
      setAdminTokens: (sha256Hex) => api.streams.retainTokens(api.tokens.replace(sha256Hex)),
      stop: async () => {
        api.streams.closeAll();
        // What is being generated is settled while there is a database.
        await leave();
        api.limiter.close();
        await jobs.finish();
        await ledger.stop();
        await db.close();
      },
    };
  } catch (error) {
    for (const step of undo) await step().catch(() => undefined);
    throw error;
  }
}

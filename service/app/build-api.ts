import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Plane } from '../../shared/http/route.ts';
import { routeOf } from '../../shared/http/table.ts';
import { makeId } from '../../shared/ids/ids.ts';
import type { ApiSettings, KeysOf } from '../../shared/service/launch.ts';
import { createProber, reasonOf } from '../boundaries/probes/principal.ts';
import { boundaryHandlers } from '../boundaries/routes.ts';
import { readLedgerFacts } from '../boundaries/store.ts';
import { Traffic } from '../boundaries/traffic.ts';
import type { Database } from '../db/database.ts';
import { evidenceHandlers } from '../evidence/routes.ts';
import type { Handlers, Propose } from '../gate/context.ts';
import { drawAhead } from '../gate/draw-ahead.ts';
import type { Classify } from '../gate/error-answer.ts';
import { mountRoutes } from '../gate/mount.ts';
import { describeRoutes, openapiHandler } from '../gate/openapi.ts';
import { createServer, type Observation } from '../gate/server.ts';
import { StreamRegistry } from '../gate/streams.ts';
import { accessHandlers } from '../identity/access/routes.ts';
import { createPasswords } from '../identity/accounts/passwords.ts';
import { accountHandlers } from '../identity/accounts/routes.ts';
import { AdminTokens } from '../identity/admin-tokens.ts';
import { heartbeatHandlers } from '../identity/agents/heartbeat.ts';
import { agentHandlers } from '../identity/agents/routes.ts';
import { identityHandlers } from '../identity/directory/routes.ts';
import { accountKeyHandlers } from '../identity/keys/account-routes.ts';
import { KeyMemory } from '../identity/keys/memory.ts';
import { keyHandlers } from '../identity/keys/routes.ts';
import { readKey } from '../identity/keys/store.ts';
import { LastSeen } from '../identity/last-seen.ts';
import { createCommit, createMutate } from '../identity/mutation.ts';
import { operatorHandlers } from '../identity/operators/routes.ts';
import { createPropose } from '../identity/proposals/propose.ts';
import { proposalHandlers } from '../identity/proposals/routes.ts';
import { secretUseHandlers } from '../identity/secret-uses/routes.ts';
import { accountSessionHandlers } from '../identity/sessions/routes.ts';
import { TokenKeys } from '../identity/sessions/token-keys.ts';
import { ticketHandlers } from '../identity/tickets/routes.ts';
import type { Staging } from '../ledger/staging.ts';
import { cadenceHandlers } from '../limits/cadence/routes.ts';
import { openLimiter, type RunningLimiter } from '../limits/open-limiter.ts';
import { Refusals } from '../limits/refusals.ts';
import { replayHandlers } from '../limits/replay/routes.ts';
import { limitsHandlers } from '../limits/routes.ts';
import type { Job } from '../process/jobs.ts';
import { ApiStartError } from '../process/start-error.ts';
import { settingsHandlers } from '../secrets/routes.ts';
import { type Hall, type HallParts, openHall } from '../tokenhall/open-hall.ts';
import { BaseUrlError } from '../tokenhall/routing/base-urls.ts';
import { adminSecretHandlers } from '../tokenhall/secrets/admin-routes.ts';
import type { SecretsDeps } from '../tokenhall/secrets/deps.ts';
import { SecretRoots } from '../tokenhall/secrets/roots.ts';
import { ownSecretHandlers } from '../tokenhall/secrets/routes.ts';
import { classifyTokenhall } from '../tokenhall/tokenhall-error.ts';
import { classifyUpstream } from '../tokenhall/upstream/upstream-error.ts';
import { currentFreeze } from '../treasury/freeze.ts';
import { treasuryHandlers } from '../treasury/routes.ts';
import { executorsOf } from './executors.ts';
import { classifyRooms, gateDeps, pageOriginOf, requireSoundSettings } from './gate-deps.ts';
import { healthHandlers } from './health.ts';
import type { LogHandlers } from './open-log.ts';
import { openRooms } from './rooms/open-rooms.ts';
import type { RoomKeys } from './rooms/room.ts';

export interface Clock {
  now(): Date;
  /** Milliseconds that never go back. */
  monotonic(): number;
}

export interface ApiParts {
  readonly settings: ApiSettings;
  readonly keys: RoomKeys &
    Pick<
      KeysOf<'api'>,
      'limiterHash' | 'jwtSeed' | 'redisUrl' | 'facilitatorHash' | 'secretSeed' | 'secretRoots' | 'prober'
    >;
  readonly db: Pick<Database, 'kysely' | 'stats'>;
  readonly staging: Staging;
  readonly ledger: LogHandlers;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  random(bytes: number): Uint8Array;
  /** Hears again and again whether there is something to mint. */
  mintWork?(wanted: boolean): void;
  /** An operator has enrolled. */
  enrolled(): void;
  /** Known once the listeners have their ports. */
  adminOrigin(): string;
}

export interface BuiltApi {
  readonly publicApp: FastifyInstance;
  /** The same as `publicApp` when both planes share a listener. */
  readonly adminApp: FastifyInstance;
  readonly streams: StreamRegistry;
  readonly tokens: AdminTokens;
  readonly keyMemory: KeyMemory;
  readonly lastSeen: LastSeen;
  readonly refusals: Refusals;
  readonly secrets: SecretsDeps;
  /** Closed by whoever built the API, after its listeners and before the database. */
  readonly hall: Hall;
  /** Closed by whoever built the API, after its listeners. */
  readonly limiter: RunningLimiter;
  /** What the rooms want done again and again. */
  readonly jobs: readonly Job[];
}

const countExchange =
  ({ traffic, refusals, limiting }: Rooms) =>
  (seen: Observation): void => {
    const route = seen.route === null ? undefined : routeOf(seen.route);
    // How long a provider takes is no measure of this service.
    const streams = route?.stream === true || route?.relay === true;
    traffic.note({ ...seen, milliseconds: streams ? null : seen.milliseconds });
    if (seen.error === null || (seen.status !== 401 && seen.error !== 'wrong_family')) return;
    refusals.note(
      { kind: 'auth', reason: reasonOf(seen), plane: seen.plane },
      seen.clientAddress,
      limiting.limiter.sourceOf(seen.clientAddress),
    );
  };

/** What the errors of the rooms behind the gate are to a caller. */
const classify: Classify = (error) =>
  classifyRooms(error) ?? classifyTokenhall(error) ?? classifyUpstream(error);

/** @throws ApiStartError `settings-invalid` for a provider that configuration does not allow */
function openConfiguredHall(parts: HallParts): Hall {
  try {
    return openHall(parts);
  } catch (cause) {
    if (!(cause instanceof BaseUrlError)) throw cause;
    throw new ApiStartError('settings-invalid', `${cause.message}.`, { cause });
  }
}

/** What the rooms keep between requests. */
async function createRooms({ settings, keys, clock, random, log, db, staging, mintWork }: ApiParts) {
  const now = () => clock.now();
  const monotonic = () => clock.monotonic();
  const secrets: SecretsDeps = {
    ...{ db, staging, random, now },
    roots: new SecretRoots(Buffer.from(keys.secretSeed, 'base64url'), keys.secretRoots),
  };
  return {
    tokens: new AdminTokens(),
    keyMemory: new KeyMemory({ clock, name: Buffer.from(random(16)).toString('hex') }),
    tokenKeys: new TokenKeys(Buffer.from(keys.jwtSeed, 'base64url')),
    lastSeen: new LastSeen(now),
    refusals: new Refusals(now),
    streams: new StreamRegistry(),
    traffic: new Traffic(monotonic),
    secrets,
    opened: openRooms({ settings, keys, db, staging, random, now, mintWork }),
    hall: openConfiguredHall({
      ...{ settings: settings.tokenhall, development: settings.environment === 'development', secrets },
      ...{ commit: createCommit(db, staging), mutate: createMutate(db, staging), monotonic, log },
    }),
    limiting: await openLimiter({
      ...{ redisUrl: keys.redisUrl, hashKey: Buffer.from(keys.limiterHash, 'base64url') },
      ...{ monotonic, now, random, log },
    }),
  };
}

type Rooms = Awaited<ReturnType<typeof createRooms>>;

function accountsAndAgents(parts: ApiParts, { tokenKeys }: Rooms) {
  const { db, clock, random, staging } = parts;
  const { identity } = parts.settings;
  const commit = createCommit(db, staging);
  const mutate = createMutate(db, staging);
  const passwords = createPasswords({ cost: identity.password, random });
  const lifetimes = { accessSeconds: identity.accessSeconds, refreshMs: identity.refreshSeconds * 1000 };
  const { mayRegister } = createProber(parts.keys.prober);
  return {
    ...accountHandlers({ db, commit, mutate, passwords, tokenKeys, random, lifetimes, mayRegister }),
    ...agentHandlers({ db, commit, random, identityMs: identity.identitySeconds * 1000 }),
    ...heartbeatHandlers({ db, commit, random }),
    ...identityHandlers({ db, mutate, random }),
    ...accountKeyHandlers({ db, commit, random, defaultRate: identity.keyRequestsPerMinute }),
    ...accountSessionHandlers({
      ...{ db, commit, mutate, tokenKeys, random, lifetimes },
      now: () => clock.now(),
    }),
  };
}

function providerSecrets(parts: ApiParts, { secrets }: Rooms) {
  const { db, staging } = parts;
  return {
    ...ownSecretHandlers({ ...secrets, commit: createCommit(db, staging) }),
    ...adminSecretHandlers({ ...secrets, mutate: createMutate(db, staging) }),
  };
}

function limitsRoom({ settings, db, clock }: ApiParts, { limiting }: Rooms) {
  const { limiter } = limiting;
  const { heartbeat: agent, keyRequestsPerMinute } = settings.identity;
  const rules = { ...settings.limits, agent, key: { limit: keyRequestsPerMinute, windowSeconds: 60 } };
  return {
    ...limitsHandlers(limiter, rules),
    ...replayHandlers({
      ...{ limiter, rules },
      keyLimit: async (id) => (await readKey(db.kysely, id))?.requests_per_minute ?? null,
    }),
    ...cadenceHandlers({ db, now: () => clock.now() }),
  };
}

function composeHandlers(
  parts: ApiParts,
  rooms: Rooms,
  publicApp: () => FastifyInstance,
): { handlers: Handlers; propose: Propose } {
  const { settings, db, clock, random } = parts;
  const mutate = createMutate(db, parts.staging);
  const executors = executorsOf(random);
  const propose = createPropose({ mutate, executors, random });
  const handlers: Handlers = {
    ...healthHandlers(
      () => readLedgerFacts(db.kysely, clock.now()),
      async () => (await currentFreeze(db)) !== null,
      () => clock.monotonic(),
    ),
    ...openapiHandler(publicApp),
    ...operatorHandlers({ db, mutate, executors, random, enrolled: parts.enrolled }),
    ...proposalHandlers({ db, mutate, executors, now: () => clock.now() }),
    ...accessHandlers({ db, mutate, random, now: () => clock.now() }),
    ...keyHandlers({ db, mutate, random, defaultRate: settings.identity.keyRequestsPerMinute }),
    ...ticketHandlers({ mutate, random }),
    ...evidenceHandlers({ db, mutate }),
    ...secretUseHandlers({ mutate }),
    ...accountsAndAgents(parts, rooms),
    ...providerSecrets(parts, rooms),
    ...rooms.hall.handlers,
    ...rooms.opened.handlers,
    ...treasuryHandlers({ db, mutate, commit: createCommit(db, parts.staging) }),
    ...settingsHandlers(settings.provenance ?? null),
    ...limitsRoom(parts, rooms),
    ...boundaryHandlers({
      ...{ db, traffic: rooms.traffic, dataDir: settings.dataDir, startedAt: clock.now() },
      scanUser: settings.scanUser ?? null,
      limiterMode: () => rooms.limiting.limiter.mode(),
      webhookCalls: rooms.opened.webhookCalls,
    }),
    ...parts.ledger,
  };
  return { handlers, propose };
}

/** Composes both planes from the rooms. Nothing listens yet. */
export async function buildApi(parts: ApiParts): Promise<BuiltApi> {
  const { settings, db, clock, log, random, adminOrigin } = parts;
  requireSoundSettings(settings);
  const rooms = await createRooms(parts);
  const { handlers, propose } = composeHandlers(parts, rooms, () => publicApp);
  const shared = gateDeps({
    ...rooms,
    ...{ limiter: rooms.limiting.limiter, canaries: rooms.opened.canaries },
    ...{ facilitatorHash: parts.keys.facilitatorHash, prober: createProber(parts.keys.prober) },
    settings,
    db,
    adminOrigin,
    now: () => clock.now(),
  });
  const idBytes = drawAhead(random);
  const serve = async (planes: readonly [Plane, ...Plane[]]): Promise<FastifyInstance> => {
    const deps = { ...shared, pageOrigin: pageOriginOf(settings, planes[0]) };
    const app = await createServer({
      log,
      deps,
      classify,
      allowedOrigins: settings.allowedOrigins,
      strictTransport: settings.mode === 'standalone' && settings.environment === 'production',
      requestId: () => makeId('request', idBytes(10), clock.now().getTime()),
      observe: countExchange(rooms),
    });
    await describeRoutes(app, settings.version);
    mountRoutes(app, { planes, handlers, propose, deps, streams: rooms.streams });
    return app;
  };
  const publicApp = await serve(settings.admin === null ? ['public', 'admin'] : ['public']);
  const adminApp = settings.admin === null ? publicApp : await serve(['admin']);
  const { streams, tokens, keyMemory, lastSeen, refusals, secrets, hall, limiting: limiter } = rooms;
  return {
    ...{ publicApp, adminApp, streams, tokens, keyMemory, lastSeen, refusals, secrets, hall, limiter },
    jobs: rooms.opened.jobs,
  };
}

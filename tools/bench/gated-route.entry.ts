import { randomBytes } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { gateDeps } from '../../service/app/gate-deps.ts';
import { createProber } from '../../service/boundaries/probes/principal.ts';
import { type Database, openDatabase, transact } from '../../service/db/database.ts';
import type { Handlers } from '../../service/gate/context.ts';
import { drawAhead } from '../../service/gate/draw-ahead.ts';
import type { GateDeps } from '../../service/gate/exchange.ts';
import { mountRoutes } from '../../service/gate/mount.ts';
import { createServer } from '../../service/gate/server.ts';
import { StreamRegistry } from '../../service/gate/streams.ts';
import { AdminTokens } from '../../service/identity/admin-tokens.ts';
import { KeyMemory } from '../../service/identity/keys/memory.ts';
import { insertKey } from '../../service/identity/keys/store.ts';
import { LastSeen } from '../../service/identity/last-seen.ts';
import { newSecret, SECRET_BYTES } from '../../service/identity/secret.ts';
import { TokenKeys } from '../../service/identity/sessions/token-keys.ts';
import { openLimiter } from '../../service/limits/open-limiter.ts';
import { Refusals } from '../../service/limits/refusals.ts';
import { routeOf } from '../../shared/http/table.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { formatUnits } from '../../shared/money/units.ts';
import { deriveProcessKeys } from '../../shared/service/keys.ts';
import { apiSettings } from '../../shared/service/launch.ts';
import { type GateAnswer, type GateOrder, gateOrder } from './gate/order.ts';
import { Stages } from './gate/stages.ts';
import { RAISED_LIMIT } from './signed/service.ts';

/**
 * Row P12: one process with two routes that answer the same. One is mounted by the real gate, with the real memory of keys on the
 * database and its notifications, the limiter in process and the log; the other is a Fastify without anything.
 */
const ROUTE = 'tokenhall.key';
/** The form of a hash, and nobody's. */
const NO_PASSWORD = '$argon2id$v=19$m=8,t=1,p=1$bm9uZQ$bm9uZQ';
const now = () => new Date();
const idBytes = drawAhead(randomBytes);
const stages = new Stages();

const id = (kind: 'key' | 'agent' | 'account') => makeId(kind, randomBytes(10), Date.now());

const ANSWER = {
  key: {
    ...{ id: id('key'), label: 'bench', displayPrefix: 'th_bench123', requestsPerMinute: RAISED_LIMIT / 10 },
    ...{
      createdAt: now().toISOString(),
      agentId: null,
      expiresAt: null,
      spendLimit: null,
      spent: formatUnits(0n),
      held: formatUnits(0n),
    },
  },
};

/** Typed as the route is, so that a route that changes is noticed before it is measured. */
const answerKey: Handlers[typeof ROUTE] = async () => ({ status: 200, body: ANSWER });

async function insertOwnedKey(db: Database): Promise<{ token: string; agent: string }> {
  const at = now();
  const [account, agent] = [id('account'), id('agent')];
  const { secret: token, ...secret } = newSecret('inference', randomBytes(SECRET_BYTES));
  await transact(db, async (tx) => {
    const email = `${account}@example.org`;
    await tx
      .insertInto('accounts')
      .values({
        id: account,
        email,
        email_key: email,
        password_hash: NO_PASSWORD,
        role: 'user',
        created_at: at,
      })
      .execute();
    await tx
      .insertInto('agents')
      .values({ id: agent, name: 'bench', claim_code_hash: randomBytes(32), registered_at: at })
      .execute();
    await tx
      .updateTable('agents')
      .set({ owner_id: account, claimed_at: at })
      .where('id', '=', agent)
      .execute();
    const owner = { accountId: account, agentId: agent, spendLimit: null, expiresAt: null };
    const key = { ...secret, id: id('key'), family: 'inference', owner, label: 'bench' } as const;
    await insertKey(tx, { ...key, requestsPerMinute: 100_000, createdAt: at, createdBy: 'bench' });
  });
  return { token, agent };
}

/** As the API keeps it, with the job that beats. */
async function openMemory(db: Database): Promise<{ keyMemory: KeyMemory; stop: () => void }> {
  const clock = { now, monotonic: () => performance.now() };
  const keyMemory = new KeyMemory({ clock, name: 'bench' });
  await keyMemory.attach(db);
  const beats = setInterval(() => keyMemory.beat(), 100);
  return { keyMemory, stop: () => clearInterval(beats) };
}

/** The gate's own collaborators, with a stopwatch on those that it waits for. */
async function measuredDeps(
  db: Database,
  keyMemory: KeyMemory,
  keys: { limiterHash: string; jwtSeed: string },
): Promise<GateDeps> {
  const settings = apiSettings.parse({
    ...{ process: 'api', mode: 'standalone', environment: 'development', version: 'bench' },
    ...{ database: { host: '/nowhere', port: 1, database: 'none' }, dataDir: '/nowhere', admin: null },
    api: { host: '127.0.0.1', port: 0 },
    // Beyond any measurement, as the limit of the key is moved below.
    limits: { ip: { limit: RAISED_LIMIT, windowSeconds: 10 }, operator: { limit: 1, windowSeconds: 60 } },
  });
  const limiter = await openLimiter({
    ...{ hashKey: Buffer.from(keys.limiterHash, 'base64url'), log: pino({ level: 'silent' }) },
    ...{ redisUrl: undefined, random: randomBytes, monotonic: () => performance.now(), now },
  });
  const deps = gateDeps({
    ...{
      settings,
      db,
      keyMemory,
      now,
      limiter: limiter.limiter,
      adminOrigin: () => 'http://bench',
      ...{ facilitatorHash: undefined, prober: createProber(undefined) },
    },
    ...{ tokens: new AdminTokens(), tokenKeys: new TokenKeys(Buffer.from(keys.jwtSeed, 'base64url')) },
    ...{ refusals: new Refusals(now), lastSeen: new LastSeen(now) },
  });
  const { credentials } = deps;
  return {
    ...deps,
    pageOrigin: null,
    credentials: { ...credentials, findKey: stages.timed('key', credentials.findKey) },
    limiter: {
      mode: () => limiter.limiter.mode(),
      take: stages.timed('limits', (scope, subject, rule, again) =>
        limiter.limiter.take(scope, subject, { ...rule, limit: RAISED_LIMIT }, again),
      ),
    },
  };
}

/** From the first hook of the gate to the handler, and from there to the end of the answer. */
function watch(app: FastifyInstance): void {
  const began = new WeakMap<object, number>();
  app.addHook('onRequest', async (request) => void began.set(request, performance.now()));
  app.addHook('preValidation', async (request) => {
    const at = performance.now();
    stages.add('gate before the handler', at - (began.get(request) ?? at));
    began.set(request, at);
  });
  app.addHook('onResponse', async (request) => {
    const at = performance.now();
    stages.add('handler, answer and log', at - (began.get(request) ?? at));
    stages.requests += 1;
  });
}

async function serve({ gated, bare, endpoint, root }: Extract<GateOrder, { type: 'start' }>) {
  const keys = deriveProcessKeys(Buffer.from(root, 'base64url'), 'api');
  if (keys.process !== 'api') throw new TypeError('these keys are not the api process’s');
  const db = openDatabase({ endpoint, role: 'api', password: keys.password, poolSize: 12 });
  const { keyMemory, stop } = await openMemory(db);
  const deps = await measuredDeps(db, keyMemory, keys);
  const app = await createServer({
    ...{ deps, classify: () => null, allowedOrigins: [], strictTransport: false },
    log: pino({ level: 'info' }, pino.destination('/dev/null')),
    requestId: () => makeId('request', idBytes(10), Date.now()),
    observe: () => undefined,
  });
  watch(app);
  const handlers = { [ROUTE]: answerKey } as unknown as Handlers;
  const propose = () => Promise.reject(new RangeError('nothing is proposed here'));
  const streams = new StreamRegistry();
  mountRoutes(app, {
    planes: ['public'],
    handlers,
    propose,
    deps,
    streams,
    routes: { [ROUTE]: routeOf(ROUTE) },
  });
  const plain = fastify();
  plain.get(routeOf(ROUTE).path, async () => ANSWER);
  await app.listen({ path: gated });
  await plain.listen({ path: bare });
  const made = await insertOwnedKey(db);
  const close = async () => {
    stop();
    await Promise.all([app.close(), plain.close()]);
    await db.close();
  };
  return { made, close };
}

let running: Awaited<ReturnType<typeof serve>> | null = null;
const say = (answer: GateAnswer) => void process.send?.(answer);

async function obey(order: GateOrder): Promise<void> {
  if (order.type === 'start') {
    running = await serve(order);
    return say({ type: 'ready', path: routeOf(ROUTE).path, ...running.made });
  }
  if (order.type === 'stages')
    return say({ type: 'stages', requests: stages.requests, stages: stages.perRequest() });
  await running?.close();
  process.disconnect();
}

process.on('message', (message) => {
  obey(gateOrder.parse(message)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});

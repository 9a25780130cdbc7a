import { createHmac, randomBytes } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import pg from 'pg';
import { pino } from 'pino';
import { type Database, openDatabase } from '../../service/db/database.ts';
import { openResolver } from '../../service/resolver/open-resolver.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { createTokenCode, TOKEN_CODE_RANDOM_BYTES } from '../../shared/ids/token-code.ts';
import { deriveProcessKeys } from '../../shared/service/keys.ts';
import type { KeysOf, ProcessName } from '../../shared/service/launch.ts';
import { type ScanAnswer, type ScanOrder, scanOrder } from './scans/order.ts';
import { RAISED_LIMIT } from './signed/service.ts';

/**
 * Row P9: one process with two listeners over one database. One is the scan plane with all it does: limit, bot and device
 * detection, look-up, page, telemetry with its ledger entry every second. The other is a Fastify without anything, which
 * selects the same token by the same index and answers it as JSON.
 */
const FLUSH_MS = 1_000;
const CONNECTIONS = 6;
const NO_PASSWORD = '$argon2id$v=19$m=8,t=1,p=1$bm9uZQ$bm9uZQ';

type Start = Extract<ScanOrder, { type: 'start' }>;

async function mint(owner: Database, codeKey: Uint8Array, count: number) {
  const id = (kind: 'account' | 'brand' | 'mintJob' | 'mintToken') =>
    makeId(kind, randomBytes(10), Date.now());
  const [account, brand, job] = [id('account'), id('brand'), id('mintJob')];
  const tokens = Array.from({ length: count }, () => {
    const code = createTokenCode(randomBytes(TOKEN_CODE_RANDOM_BYTES));
    return { id: id('mintToken'), code, hash: createHmac('sha256', codeKey).update(code).digest() };
  });
  const { kysely } = owner;
  await sql`INSERT INTO accounts (id, email, email_key, password_hash, role, created_at)
    VALUES (${account}, ${account}, ${account}, ${NO_PASSWORD}, 'user', now())`.execute(kysely);
  await sql`INSERT INTO brands (id, name, created_at) VALUES (${brand}, 'Bench', now())`.execute(kysely);
  await sql`INSERT INTO mint_jobs
      (id, brand_id, batch_name, quantity, serial_pattern, first_number, activation, product, created_by, created_at)
    VALUES (${job}, ${brand}, 'Bench', ${count}, 'S-{n}', 1, 'none', '{"name":"Jacket"}', ${account}, now())`.execute(
    kysely,
  );
  await sql`INSERT INTO mint_tokens
      (id, job_id, brand_id, position, serial, code_hash, code_envelope, activation, state, activated_at)
    SELECT t.id, ${job}, ${brand}, place, 'S-' || place, t.hash, ${randomBytes(64)}::bytea, 'none', 'active', now()
    FROM unnest(${tokens.map((one) => one.id)}::text[], ${tokens.map(({ hash }) => hash)}::bytea[])
      WITH ORDINALITY AS t (id, hash, place)`.execute(kysely);
  await sql`ANALYZE mint_tokens`.execute(kysely);
  return tokens;
}

const keysOf = <N extends ProcessName>(root: Uint8Array, name: N): KeysOf<N> =>
  deriveProcessKeys(root, name) as KeysOf<N>;

async function originOf(app: FastifyInstance): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}

function bareRoute({ endpoint }: Start, password: string) {
  const pool = new pg.Pool({ ...endpoint, user: 'api', password, max: CONNECTIONS });
  const app = fastify();
  app.get<{ Params: { hash: string } }>('/s/:hash', async ({ params: { hash } }) => {
    const { rows } = await pool.query(
      'SELECT id, brand_id, serial, activation, state, activated_at FROM mint_tokens WHERE code_hash = $1',
      [Buffer.from(hash, 'hex')],
    );
    return rows[0] ?? null;
  });
  return { app, end: () => pool.end() };
}

async function serve(order: Start) {
  const root = Buffer.from(order.root, 'base64url');
  const { passwords } = keysOf(root, 'database');
  const keys = keysOf(root, 'resolver');
  const { endpoint } = order;
  const owner = openDatabase({ endpoint, role: 'migrator', password: passwords.migrator ?? '', poolSize: 1 });
  const db = openDatabase({ endpoint, role: 'resolver', password: keys.password, poolSize: CONNECTIONS });
  const tokens = await mint(owner, Buffer.from(keys.codeHash, 'base64url'), order.tokens);
  const resolver = await openResolver({
    settings: {
      ...{ limit: { limit: RAISED_LIMIT, windowSeconds: 10 }, trustedProxies: [], strictTransport: false },
    },
    ...{ keys, db, log: pino(pino.destination('/dev/null')), random: (bytes: number) => randomBytes(bytes) },
    clock: { now: () => new Date(), monotonic: () => performance.now() },
  });
  const timer = setInterval(() => void resolver.flush(), FLUSH_MS);
  const bare = bareRoute(order, keysOf(root, 'api').password);
  const ready = {
    ours: { origin: await originOf(resolver.app), paths: tokens.map(({ code }) => `/s/${code}`) },
    bare: { origin: await originOf(bare.app), paths: tokens.map(({ hash }) => `/s/${hash.toString('hex')}`) },
  };
  return {
    ready,
    count: async () => {
      await resolver.flush();
      const { rows } = await sql<{ scans: string }>`SELECT count(*) AS scans FROM scans`.execute(
        owner.kysely,
      );
      return Number(rows[0]?.scans);
    },
    close: async () => {
      clearInterval(timer);
      await Promise.all([resolver.close(), bare.app.close()]);
      await Promise.all([bare.end(), db.close(), owner.close()]);
    },
  };
}

let running: Awaited<ReturnType<typeof serve>> | null = null;
const say = (answer: ScanAnswer) => void process.send?.(answer);

async function obey(order: ScanOrder): Promise<void> {
  if (order.type === 'start') {
    running = await serve(order);
    return say({ type: 'ready', ...running.ready });
  }
  if (order.type === 'count') return say({ type: 'counted', scans: (await running?.count()) ?? 0 });
  await running?.close();
  process.disconnect();
}

process.on('message', (message) => {
  obey(scanOrder.parse(message)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});

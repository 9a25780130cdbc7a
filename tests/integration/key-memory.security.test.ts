import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { transact } from '../../service/db/database.ts';
import { startTestCluster } from '../fixtures/cluster.ts';
import { type FrozenWire, startFrozenWire } from '../fixtures/frozen-wire.ts';
import { type ServedApi, startServedApi } from '../fixtures/served.ts';
import type { TestOperator } from '../fixtures/signing.ts';

const cluster = await startTestCluster({ own: 'its wire is cut at a socket' });
const owner = cluster.open('migrator', 1);
const api = cluster.open('api', 1);
afterAll(() => cluster.stop());

/** What a revocation may take on another instance (SPEC 1). */
const SECOND = 1000;

/** Two instances on one PostgreSQL; the way of the second to it can be made to hang. */
let one: ServedApi;
let two: ServedApi;
let wire: FrozenWire;
let first: TestOperator;

beforeEach(async () => {
  await cluster.reset();
  wire = await startFrozenWire(cluster);
  one = await startServedApi(cluster, { balanced: true });
  two = await startServedApi(wire.cluster, { balanced: true });
  first = await two.enrolFirst();
});
afterEach(async () => {
  wire.thaw();
  await one.stop();
  await two.stop();
  await wire.stop();
});

interface Key {
  readonly id: string;
  readonly displayPrefix: string;
  readonly secret: string;
}

async function makeKey(label: string): Promise<Key> {
  const body = { label, requestsPerMinute: 60 };
  const answer = await one.signed({ route: 'keys.create', path: '/api/keys', body }, first);
  expect(answer.status, answer.text).toBe(201);
  const { id, displayPrefix } = answer.body.key;
  return { id, displayPrefix, secret: answer.body.secret };
}

/** A route without anything behind the gate: its answer is the key's. */
const call = (api: ServedApi, { secret }: Key) =>
  api.get('/api/v1/tokenhall/key', { authorization: `Bearer ${secret}` });

const status = async (api: ServedApi, key: Key) => (await call(api, key)).status;

const rateOf = async (api: ServedApi, key: Key) =>
  Number((await call(api, key)).headers['x-ratelimit-limit']);

/** Changes the key behind everybody's back: who does not see it has answered from memory. */
async function changeSilently({ id }: Key, rate: number): Promise<void> {
  await transact(owner, async (tx) => {
    await sql`ALTER TABLE api_keys DISABLE TRIGGER api_keys_tell_update`.execute(tx);
    await sql`UPDATE api_keys SET requests_per_minute = ${rate} WHERE id = ${id}`.execute(tx);
    await sql`ALTER TABLE api_keys ENABLE TRIGGER api_keys_tell_update`.execute(tx);
  });
}

async function revoke(by: ServedApi, key: Key): Promise<void> {
  const path = `/api/keys/${key.id}/revoke`;
  const body = { displayPrefix: key.displayPrefix, reason: 'leaked' };
  const answer = await by.signed({ route: 'keys.revoke', path, body }, first);
  expect(answer.status, answer.text).toBe(200);
}

/** Calls until the key is refused; answers that came later than a second after the revocation must all be refusals. */
async function refusedWithinASecond(api: ServedApi, key: Key, revokedAt: number): Promise<void> {
  let sent = revokedAt;
  while (sent - revokedAt <= SECOND) {
    if ((await status(api, key)) === 401) return;
    sent = performance.now();
  }
  expect(await status(api, key)).toBe(401);
}

let rate = 1000;

/** Uses the key until the instance answers it from memory. Nothing else is changed meanwhile. */
const warm = (api: ServedApi, key: Key) =>
  vi.waitFor(
    async () => {
      const known = await rateOf(api, key);
      rate += 1;
      await changeSilently(key, rate);
      expect(await rateOf(api, key)).toBe(known);
    },
    { timeout: 20_000, interval: 20 },
  );

const endListeners = () =>
  sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE pid <> pg_backend_pid() AND usename = 'api' AND query ~ '^LISTEN|pg_notify\\(\\$1'`.execute(
    api.kysely,
  );

describe('a key that is remembered by two instances', () => {
  it('and revoked on one is refused there with the answer, and within a second on the other', async () => {
    const [key, other] = [await makeKey('k'), await makeKey('other')];
    for (const each of [key, other]) for (const instance of [one, two]) await warm(instance, each);
    await revoke(one, key);
    const at = performance.now();
    expect(await status(one, key)).toBe(401);
    await refusedWithinASecond(two, key, at);
    expect(await status(two, other)).toBe(200);
  });

  it('and revoked by SQL, for its agent or by anybody, is refused within a second on both', async () => {
    const key = await makeKey('k');
    for (const instance of [one, two]) await warm(instance, key);
    await sql`UPDATE api_keys SET revoked_at = now(), revoked_by = 'dba', revoked_reason = 'x' WHERE id = ${key.id}`.execute(
      owner.kysely,
    );
    const at = performance.now();
    await Promise.all([one, two].map((instance) => refusedWithinASecond(instance, key, at)));
  });

  it('is forgotten when its limit changes, and not when it was merely used', async () => {
    const key = await makeKey('k');
    await warm(two, key);
    const known = await rateOf(two, key);
    await sql`UPDATE api_keys SET last_used_at = now() WHERE id = ${key.id}`.execute(owner.kysely);
    expect(await rateOf(two, key)).toBe(known);
    await sql`UPDATE api_keys SET requests_per_minute = 77 WHERE id = ${key.id}`.execute(owner.kysely);
    await vi.waitFor(async () => expect(await rateOf(two, key)).toBe(77), { timeout: SECOND });
  });

  it('binds at once where it is revoked, again and again, with calls on their way', async () => {
    for (let round = 0; round < 10; round += 1) {
      const key = await makeKey(`k${round}`);
      let revoked = false;
      const callOn = async () => {
        while (!revoked) await status(one, key);
      };
      const revocation = revoke(one, key).finally(() => {
        revoked = true;
      });
      await Promise.all([revocation, callOn(), callOn(), callOn(), callOn()]);
      const answers = await Promise.all(Array.from({ length: 8 }, () => status(one, key)));
      expect(answers).toEqual(answers.map(() => 401));
    }
  });
});

describe('an instance whose notifications', () => {
  it('hang on a connection that says nothing any more refuses a revoked key within a second', async () => {
    const key = await makeKey('k');
    await warm(two, key);
    wire.freeze();
    await revoke(one, key);
    await refusedWithinASecond(two, key, performance.now());
  });

  it('hang looks every key up, and answers from memory again when they pass', async () => {
    const key = await makeKey('k');
    await warm(two, key);
    wire.freeze();
    await changeSilently(key, 5000);
    await vi.waitFor(async () => expect(await rateOf(two, key)).toBe(5000), { timeout: SECOND });
    // The last answer was the database's: what comes next is, too, until a ping has passed.
    await changeSilently(key, 5001);
    expect(await rateOf(two, key)).toBe(5001);
    wire.thaw();
    await warm(two, key);
  });

  it('hang for long gives that connection up, and is told by a new one', async () => {
    const key = await makeKey('k');
    await warm(two, key);
    wire.freeze();
    await changeSilently(key, 6000);
    await vi.waitFor(async () => expect(await rateOf(two, key)).toBe(6000), { timeout: SECOND });
    // The frozen connections never thaw; those that come later pass.
    await warm(two, key);
    await revoke(one, key);
    await refusedWithinASecond(two, key, performance.now());
  });

  it('are cut off refuses a key that was revoked in the gap, and remembers others when they are back', async () => {
    const [key, other] = [await makeKey('k'), await makeKey('other')];
    for (const each of [key, other]) await warm(two, each);
    await endListeners();
    await sql`UPDATE api_keys SET revoked_at = now(), revoked_by = 'dba', revoked_reason = 'x' WHERE id = ${key.id}`.execute(
      owner.kysely,
    );
    await refusedWithinASecond(two, key, performance.now());
    await warm(two, other);
    expect(await status(two, key)).toBe(401);
    await revoke(one, other);
    await refusedWithinASecond(two, other, performance.now());
  });
});

import { randomBytes } from 'node:crypto';
import fastify from 'fastify';
import { openDatabase, type Tx, transact } from '../../service/db/database.ts';
import { insertKey } from '../../service/identity/keys/store.ts';
import { newSecret, SECRET_BYTES } from '../../service/identity/secret.ts';
import { createStaging, type Staging } from '../../service/ledger/staging.ts';
import { makeId } from '../../shared/ids/ids.ts';
import { deriveProcessKeys } from '../../shared/service/keys.ts';
import { type BareOrder, bareOrder, type bareReady } from './signed/bare-order.ts';

/**
 * The reference of row P3: one route of a Fastify without anything, which inserts what a signed creation of a key inserts,
 * the used nonce, the remembered answer and the staged ledger event included, in one transaction.
 */
interface Wanted {
  readonly label: string;
  readonly requestsPerMinute: number;
}

const ACTOR = { type: 'operator', id: 'opr_00000000000000000000000000', name: 'bare' } as const;
const MINUTE_MS = 60_000;

async function insertAll(tx: Tx, staging: Staging, wanted: Wanted) {
  const now = new Date();
  const id = makeId('key', randomBytes(10), now.getTime());
  const { secret, hash, displayPrefix } = newSecret('inference', randomBytes(SECRET_BYTES));
  await tx
    .insertInto('admin_nonces')
    .values({
      key_id: ACTOR.id,
      nonce: randomBytes(16).toString('base64url'),
      expires_at: new Date(now.getTime() + MINUTE_MS),
    })
    .execute();
  await tx
    .insertInto('idempotent_requests')
    .values({
      actor: ACTOR.id,
      key: id,
      request_hash: hash,
      at: now,
      status: 201,
      answer: null,
      subject: id,
    })
    .execute();
  const row = await insertKey(tx, {
    ...wanted,
    id,
    family: 'inference',
    owner: null,
    hash,
    displayPrefix,
    createdAt: now,
    createdBy: ACTOR.id,
  });
  const eventId = await staging.stage(tx, {
    kind: 'key.created',
    data: { keyId: id, ...wanted, displayPrefix },
    actor: ACTOR,
    agent: null,
    requestId: null,
  });
  return { key: row, secret, eventId };
}

async function serve({ socket, endpoint, root }: BareOrder): Promise<() => Promise<void>> {
  const keys = deriveProcessKeys(Buffer.from(root, 'base64url'), 'api');
  if (keys.process !== 'api') throw new TypeError('these keys are not the api process’s');
  const db = openDatabase({ endpoint, role: 'api', password: keys.password, poolSize: 4 });
  const macKey = Buffer.from(keys.stagingMac, 'base64url');
  const staging = createStaging({ macKey, clock: { now: () => new Date() }, random: randomBytes });
  const app = fastify();
  app.post('/keys', async (request, reply) => {
    const body = request.body as Wanted;
    return reply.code(201).send(await transact(db, (tx) => insertAll(tx, staging, body)));
  });
  await app.listen({ path: socket });
  return async () => {
    await app.close();
    await db.close();
  };
}

let stop: (() => Promise<void>) | null = null;
process.on('message', (message) => {
  const order = bareOrder.parse(message);
  const done =
    order.type === 'start'
      ? serve(order).then((close) => {
          stop = close;
          process.send?.({ type: 'ready' } satisfies (typeof bareReady)['_output']);
        })
      : Promise.resolve(stop?.()).then(() => process.disconnect());
  done.catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});

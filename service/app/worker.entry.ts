import { randomBytes } from 'node:crypto';
import { openDatabase, pingDatabase } from '../db/database.ts';
import { macKeyOf } from '../ledger/mac.ts';
import { createStaging } from '../ledger/staging.ts';
import { startWorker } from '../minting/worker/worker.ts';
import { runProcess } from '../process/run-process.ts';

/** One for the chunk, one for a sign of life. */
const POOL_SIZE = 2;

runProcess('worker', async ({ settings, keys, log }) => {
  const db = openDatabase({
    endpoint: settings.database,
    role: 'worker',
    password: keys.password,
    poolSize: POOL_SIZE,
  });
  await pingDatabase(db);
  const random = (bytes: number) => randomBytes(bytes);
  const now = () => new Date();
  const worker = startWorker({
    ...{ db, log, random, now },
    staging: createStaging({ macKey: macKeyOf(keys.stagingMac), clock: { now }, random }),
    keys: { hash: Buffer.from(keys.codeHash, 'base64url'), seed: Buffer.from(keys.codeSeed, 'base64url') },
    owner: randomBytes(8).toString('hex'),
    onWork: (handler) => db.listen('mint_jobs', handler),
  });
  return {
    ready: { type: 'ready', process: 'worker' },
    stop: async () => {
      await worker.stop();
      await db.close();
    },
  };
});

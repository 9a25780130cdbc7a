import { randomBytes } from 'node:crypto';
import { openDatabase, pingDatabase } from '../db/database.ts';
import { startIntegrator } from '../ledger/integrator/integrator.ts';
import { LedgerKeys } from '../ledger/integrator/ledger-keys.ts';
import { macKeyOf } from '../ledger/mac.ts';
import { createStaging } from '../ledger/staging.ts';
import { runProcess } from '../process/run-process.ts';

/** The loop uses one connection at a time; the other is for the next step while one is being replaced. */
const POOL_SIZE = 2;

runProcess('integrator', async ({ settings, keys, log }) => {
  const db = openDatabase({
    endpoint: settings.database,
    role: 'integrator',
    password: keys.password,
    poolSize: POOL_SIZE,
  });
  await pingDatabase(db);
  const macKey = macKeyOf(keys.stagingMac);
  const clock = { now: () => new Date() };
  const integrator = await startIntegrator({
    db,
    log,
    macKey,
    keys: new LedgerKeys(Buffer.from(keys.ledgerSeed, 'base64url')),
    now: clock.now,
    holder: randomBytes(16).toString('hex'),
    staging: createStaging({ macKey, clock, random: (bytes) => randomBytes(bytes) }),
  });
  return {
    ready: { type: 'ready', process: 'integrator' },
    stop: async () => {
      await integrator.stop();
      await db.close();
    },
  };
});

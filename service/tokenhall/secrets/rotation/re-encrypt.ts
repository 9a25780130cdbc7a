import { type Tx, transact } from '../../../db/database.ts';
import { TokenhallError } from '../../tokenhall-error.ts';
import { eventOf, type SecretsDeps, stageAsSystem } from '../deps.ts';
import { open } from '../resolve.ts';
import { placeOf, type SecretRow } from '../rules.ts';
import { seal } from '../seal.ts';
import { type ActiveRoot, holdActiveRoot } from './active-root.ts';
import { holdBack, readUnsettled, reseal, settleRoot, takeBehind } from './store.ts';

/** Secrets of one transaction: a crash loses that much work, and a request waits that long for its row at most. */
const BATCH = 100;
/** Batches of one run: requests come before, and a service that stops does not wait for the end of a rotation. */
const BATCHES = 10;
/** A secret that did not open is tried again after this long: the cause may have been a root that was missing here. */
const RETRY_MS = 60_000;

function opened(deps: SecretsDeps, row: SecretRow): Buffer | null {
  try {
    return open(deps, row);
  } catch (error) {
    if (error instanceof TokenhallError) return null;
    throw error;
  }
}

async function move(tx: Tx, deps: SecretsDeps, row: SecretRow, root: ActiveRoot): Promise<boolean> {
  const material = opened(deps, row);
  if (material === null) {
    if (await holdBack(tx, row, deps.now()))
      await stageAsSystem(deps, tx)('provider-secret.unreadable', {
        ...eventOf(row),
        rootVersion: row.root_version,
        during: 'rotation',
      });
    return false;
  }
  try {
    const place = { ...placeOf(row), version: root.version };
    await reseal(tx, row.id, root.version, seal(root.key, material, place, deps.random));
    return true;
  } finally {
    material.fill(0);
  }
}

/** One transaction of re-encryption. @returns how many secrets were taken in hand; 0: nothing is left that can be moved now */
const moveBatch = (deps: SecretsDeps): Promise<number> =>
  transact(deps.db, async (tx) => {
    const root = await holdActiveRoot(tx, deps);
    const triedBefore = new Date(deps.now().getTime() - RETRY_MS);
    const behind = await takeBehind(tx, root.version, triedBefore, BATCH);
    for (const row of behind) await move(tx, deps, row, root);
    return behind.length;
  });

const settle = (deps: SecretsDeps, version: number): Promise<void> =>
  transact(deps.db, async (tx) => {
    const secrets = await settleRoot(tx, version, deps.now());
    if (secrets !== null) await stageAsSystem(deps, tx)('secret-root.settled', { version, secrets });
  });

/**
 * Re-encrypts what is still under an earlier root, some batches at a time; whoever repeats it gets to the end. Every instance may
 * do so at once, and any of them may die at any point: a secret is under the old version or under the new one, never between.
 */
export async function reEncrypt(deps: SecretsDeps): Promise<void> {
  const unsettled = await readUnsettled(deps.db.kysely);
  // An instance without the active root leaves the work to those that hold it.
  if (!unsettled || !deps.roots.holds(unsettled)) return;
  for (let batch = 0; batch < BATCHES; batch += 1) if ((await moveBatch(deps)) === 0) break;
  await settle(deps, unsettled.version);
}

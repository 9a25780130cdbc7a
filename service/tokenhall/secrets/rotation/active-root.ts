import type { Tx } from '../../../db/database.ts';
import { HttpError } from '../../../gate/http-error.ts';
import { type SecretsDeps, stageAsSystem } from '../deps.ts';
import { insertRoot, newestVersion, shareActiveRoot } from './store.ts';

export interface ActiveRoot {
  readonly version: number;
  readonly key: Buffer;
}

const FIRST_VERSION = 1;

/** How often a writer may find that a rotation has just gone by. */
const ATTEMPTS = 5;

async function bringInFirst(tx: Tx, deps: SecretsDeps): Promise<void> {
  const check_value = deps.roots.checkOf(FIRST_VERSION);
  if (check_value === null)
    throw new HttpError('unavailable', 'root 1 of provider secrets is not configured', {
      retryAfterSeconds: 5,
    });
  if (!(await insertRoot(tx, { version: FIRST_VERSION, check_value }, deps.now()))) return;
  await stageAsSystem(deps, tx)('secret-root.activated', {
    version: FIRST_VERSION,
    former: null,
    secrets: 0,
  });
}

/**
 * The root to encrypt under; it stays the active one until the transaction ends. The first secret brings in the first version.
 * @throws TokenhallError `root-unusable`
 */
export async function holdActiveRoot(tx: Tx, deps: SecretsDeps): Promise<ActiveRoot> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = await shareActiveRoot(tx);
    if (known) return { version: known.version, key: deps.roots.require(known) };
    if ((await newestVersion(tx)) === 0) await bringInFirst(tx, deps);
  }
  throw new HttpError('unavailable', 'the root of provider secrets is being rotated', {
    retryAfterSeconds: 1,
  });
}

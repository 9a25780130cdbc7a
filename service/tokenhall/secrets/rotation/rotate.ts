import type { SecretRootsState } from '../../../../shared/http/provider-secrets.ts';
import type { Database, Tx } from '../../../db/database.ts';
import { isRefusedBy } from '../../../db/database-error.ts';
import { HttpError } from '../../../gate/http-error.ts';
import type { Stage } from '../../../identity/mutation.ts';
import type { SecretsDeps } from '../deps.ts';
import { toRootsState } from '../rules.ts';
import { holdActiveRoot } from './active-root.ts';
import { countSecrets, insertRoot, newestVersion, readRoots, retireRoot, supersedeRoot } from './store.ts';

export const rootsState = async (
  db: Database['kysely'],
  { roots }: Pick<SecretsDeps, 'roots'>,
): Promise<SecretRootsState> => toRootsState(await readRoots(db), (version) => roots.find(version) !== null);

/** Activates the next version. Whoever encrypts under the former one is waited for; the job moves what is behind. */
export async function rotate(tx: Tx, deps: SecretsDeps, version: number, stage: Stage): Promise<string> {
  const check_value = deps.roots.checkOf(version);
  if (check_value === null)
    throw new HttpError(
      'conflict',
      `this instance lacks root ${version}; add it to SALLYPORT_SECRET_ROOTS of every instance and restart them`,
    );
  if ((await newestVersion(tx)) === 0) await holdActiveRoot(tx, deps);
  const former = version - 1;
  const at = deps.now();
  if (!(await supersedeRoot(tx, former, at)) || !(await insertRoot(tx, { version, check_value }, at)))
    throw new HttpError(
      'conflict',
      `root ${await newestVersion(tx)} is active; a rotation activates the next one`,
    );
  return stage('secret-root.activated', { version, former, secrets: await countSecrets(tx) });
}

/** Retires a version that nothing uses; that nothing does is for the database to say. */
export async function retire(tx: Tx, deps: SecretsDeps, version: number, stage: Stage): Promise<string> {
  const retired = await retireRoot(tx, version, deps.now()).catch((error: unknown) => {
    if (isRefusedBy(error, 'provider_secrets_root_is_in_use'))
      throw new HttpError('conflict', `secrets still use root ${version}; wait until they are re-encrypted`, {
        cause: error,
      });
    throw error;
  });
  if (!retired) throw new HttpError('conflict', `root ${version} is active, retired already, or unknown`);
  return stage('secret-root.retired', { version });
}

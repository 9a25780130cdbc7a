import { makeId } from '../../../shared/ids/ids.ts';
import type { Tx } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Stage } from '../../identity/mutation.ts';
import { eventOf, type SecretsDeps } from './deps.ts';
import { type ActiveRoot, holdActiveRoot } from './rotation/active-root.ts';
import { fingerprintOf, type ListedSecret } from './rules.ts';
import { seal } from './seal.ts';
import { insertSecret, lockOwn, replaceSecret, type SecretOwner, type Written } from './store.ts';

export interface ToKeep {
  readonly provider: string;
  readonly owner: SecretOwner;
  /** Leaves this call sealed or not at all. */
  readonly material: string;
  /** Who stored it, for the row. */
  readonly by: string;
}

export interface Kept {
  readonly row: ListedSecret;
  readonly updated: boolean;
  readonly eventId: string;
}

function written(
  deps: SecretsDeps,
  root: ActiveRoot,
  id: string,
  { provider, owner, material, by }: ToKeep,
): Written {
  const place = { tenant: owner.id ?? 'platform', id, provider, version: root.version };
  const bytes = Buffer.from(material, 'latin1');
  try {
    const sealed = seal(root.key, bytes, place, deps.random);
    return { ...sealed, rootVersion: root.version, fingerprint: fingerprintOf(material), at: deps.now(), by };
  } finally {
    bytes.fill(0);
  }
}

async function write(tx: Tx, deps: SecretsDeps, wanted: ToKeep): Promise<Omit<Kept, 'eventId'>> {
  const { provider, owner } = wanted;
  const root = await holdActiveRoot(tx, deps);
  // Whoever loses the race of two first ones finds the winner's row the second time.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const former = await lockOwn(tx, provider, owner);
    if (former)
      return { row: await replaceSecret(tx, former, written(deps, root, former.id, wanted)), updated: true };
    const id = makeId('providerSecret', deps.random(10), deps.now().getTime());
    const row = await insertSecret(tx, { ...written(deps, root, id, wanted), id, provider, owner });
    if (row) return { row, updated: false };
  }
  throw new HttpError(
    'conflict',
    'this provider key is being stored and deleted at the same time; try again',
  );
}

/** Stores a secret, or puts it in the place of the former one, whose ciphertext is overwritten. */
export async function keepSecret(tx: Tx, deps: SecretsDeps, wanted: ToKeep, stage: Stage): Promise<Kept> {
  const { row, updated } = await write(tx, deps, wanted);
  const eventId = await stage('provider-secret.stored', {
    ...eventOf(row),
    ...{ rootVersion: row.root_version, revision: row.revision, updated },
  });
  return { row, updated, eventId };
}

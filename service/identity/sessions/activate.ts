import type { Tx } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Stage } from '../mutation.ts';
import { insertTokenKey, readTokenKeys, retireTokenKeys } from './store.ts';
import type { TokenKey, TokenKeys } from './token-keys.ts';

/** Former keys verify for the life of their last token, and a minute more for instances whose clocks differ. */
const CLOCKS_DIFFER_SECONDS = 60;

const SYSTEM = { type: 'system', id: 'api', name: null } as const;

/**
 * The key that signs now. The first one is activated by the first login; one that this root did not derive (the service was
 * given another root key) is followed by one that it did, because its private half is gone.
 */
export async function signingKey(tx: Tx, stage: Stage, keys: TokenKeys, now: Date): Promise<TokenKey> {
  const [latest] = await readTokenKeys(tx);
  const expected = await keys.version(latest?.version ?? 1);
  if (latest?.kid === expected.kid) return expected;
  const key = await keys.version((latest?.version ?? 0) + 1);
  // Lost to another instance: it activated the same version, derived from the same seed.
  if (!(await insertTokenKey(tx, { version: key.version, kid: key.kid, activatedAt: now }))) return key;
  await retireTokenKeys(tx, key.version, now);
  const cause = latest ? 'other-root' : 'first-use';
  const { version, kid } = key;
  const data = { version, kid, cause, overlapUntil: null, reason: null } as const;
  await stage('signing-key.activated', data, SYSTEM);
  return key;
}

export interface Rotated {
  readonly key: TokenKey;
  readonly eventId: string;
}

/** @throws HttpError `conflict` when somebody else rotates at the same time */
export async function rotateSigningKey(
  tx: Tx,
  stage: Stage,
  keys: TokenKeys,
  rotation: {
    readonly former: 'overlap' | 'refuse-now';
    readonly reason: string;
    readonly now: Date;
    readonly accessSeconds: number;
  },
): Promise<Rotated> {
  const { former, reason, now, accessSeconds } = rotation;
  const [latest] = await readTokenKeys(tx);
  const key = await keys.version((latest?.version ?? 0) + 1);
  const { version, kid } = key;
  if (!(await insertTokenKey(tx, { version, kid, activatedAt: now })))
    throw new HttpError('conflict', 'the key is being rotated by somebody else');
  const overlapMs = (accessSeconds + CLOCKS_DIFFER_SECONDS) * 1000;
  const until = former === 'overlap' ? new Date(now.getTime() + overlapMs) : now;
  await retireTokenKeys(tx, version, until);
  const overlapUntil = latest ? until.toISOString() : null;
  const eventId = await stage('signing-key.activated', {
    version,
    kid,
    cause: 'rotation',
    overlapUntil,
    reason,
  });
  return { key, eventId };
}

import { makeId } from '../../../shared/ids/ids.ts';
import { formatUnits } from '../../../shared/money/units.ts';
import type { Tx } from '../../db/database.ts';
import type { Stage } from '../mutation.ts';
import { newSecret, SECRET_BYTES } from '../secret.ts';
import type { KeyFamily, KeyRow } from './rules.ts';
import { insertKey, type KeyOwner } from './store.ts';

export interface AccountKey {
  readonly family: KeyFamily;
  readonly label: string;
  readonly requestsPerMinute: number;
  readonly owner: KeyOwner;
  readonly createdAt: Date;
  readonly createdBy: string;
}

/** Makes a key of an account. @returns its row, and the whole key, which is nowhere else */
export async function mintAccountKey(
  tx: Tx,
  stage: Stage,
  random: (bytes: number) => Uint8Array,
  wanted: AccountKey,
): Promise<{ row: KeyRow; secret: string }> {
  const { family, label, requestsPerMinute, owner } = wanted;
  const { secret, hash, displayPrefix } = newSecret(family, random(SECRET_BYTES));
  const id = makeId('key', random(10), wanted.createdAt.getTime());
  const row = await insertKey(tx, { ...wanted, id, hash, displayPrefix });
  const { accountId, agentId, spendLimit, expiresAt } = owner;
  await stage('key.issued', {
    ...{ keyId: id, family, accountId, agentId, label, displayPrefix, requestsPerMinute },
    spendLimit: spendLimit === null ? null : formatUnits(spendLimit),
    expiresAt: expiresAt?.toISOString() ?? null,
  });
  return { row, secret };
}

/** A key that stands in for another: whoever held that one holds nothing, and its owner has what it had. */
export function successorOf(former: KeyRow, createdAt: Date, createdBy: string): AccountKey {
  if (former.account_id === null) throw new RangeError('a key of nobody has no successor');
  return {
    family: former.family,
    label: former.label,
    requestsPerMinute: former.requests_per_minute,
    owner: {
      accountId: former.account_id,
      agentId: former.agent_id,
      spendLimit: former.spend_limit === null ? null : BigInt(former.spend_limit),
      expiresAt: former.expires_at,
    },
    createdAt,
    createdBy,
  };
}

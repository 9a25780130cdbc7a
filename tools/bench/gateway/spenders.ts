import { randomBytes } from 'node:crypto';
import { openDatabase, type Tx, transact } from '../../../service/db/database.ts';
import { insertKey } from '../../../service/identity/keys/store.ts';
import { newSecret } from '../../../service/identity/secret.ts';
import { createStaging } from '../../../service/ledger/staging.ts';
import { insertPrice } from '../../../service/tokenhall/pricing/store.ts';
import { keepSecret } from '../../../service/tokenhall/secrets/keep.ts';
import { SecretRoots } from '../../../service/tokenhall/secrets/roots.ts';
import { move } from '../../../service/treasury/moves.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { EventData, EventKind } from '../../../shared/ledger/events.ts';
import { addressOf } from '../../../shared/money/wallets.ts';
import { deriveProcessKeys } from '../../../shared/service/keys.ts';
import type { MeasuredService } from '../signed/service.ts';

export const MODEL = 'gpt-bench';
const FUNDS = 1_000_000n * 100_000_000n;
const now = () => new Date();
const idOf = (kind: 'account' | 'key' | 'price') => makeId(kind, randomBytes(10), Date.now());

async function makeSpender(tx: Tx, fund: (accountId: string) => Promise<unknown>): Promise<string> {
  const accountId = idOf('account');
  const email = `${accountId}@bench.example`;
  // No password opens it.
  const password_hash = '$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA';
  const account = {
    id: accountId,
    email,
    email_key: email,
    password_hash,
    role: 'user',
    created_at: now(),
  } as const;
  await tx.insertInto('accounts').values(account).execute();
  await fund(accountId);
  const { secret, hash, displayPrefix } = newSecret('inference', randomBytes(32));
  await insertKey(tx, {
    ...{ id: idOf('key'), family: 'inference', label: 'bench', hash, displayPrefix },
    ...{ requestsPerMinute: 100_000, createdAt: now(), createdBy: 'bench' },
    owner: { accountId, agentId: null, spendLimit: null, expiresAt: null },
  });
  return secret;
}

/**
 * Accounts with money and a key each, the price of the model and the provider's secret, written by the rooms' own stores.
 * @returns the keys
 */
export async function makeSpenders({ endpoint, root }: MeasuredService, count: number): Promise<string[]> {
  const keys = deriveProcessKeys(root, 'api');
  if (keys.process !== 'api') throw new TypeError('these keys are not the api process’s');
  const db = openDatabase({ endpoint, role: 'api', password: keys.password, poolSize: 2 });
  const clock = { now };
  const macKey = Buffer.from(keys.stagingMac, 'base64url');
  const staging = createStaging({ macKey, clock, random: randomBytes });
  const actor = { type: 'system', id: 'bench', name: null } as const;
  const stageIn =
    (tx: Tx) =>
    <K extends EventKind>(kind: K, data: EventData<K>) =>
      staging.stage(tx, { kind, data, actor, agent: null, requestId: null });
  const roots = new SecretRoots(Buffer.from(keys.secretSeed, 'base64url'));
  const owner = { scope: 'platform', id: null } as const;
  const secret = { provider: 'openai', owner, material: 'sk-no-key-of-anybody', by: 'bench' };
  try {
    return await transact(db, async (tx) => {
      const stage = stageIn(tx);
      await keepSecret(tx, { db, staging, roots, random: randomBytes, now }, secret, stage);
      const price = { input: 15n, output: 60n, mediaTokens: null, createdBy: 'bench' };
      const at = now();
      await insertPrice(tx, { ...price, id: idOf('price'), model: MODEL, effectiveFrom: at, createdAt: at });
      const made: string[] = [];
      for (let n = 0; n < count; n += 1)
        made.push(
          await makeSpender(tx, (accountId) =>
            move(tx, {
              ...{ kind: 'admin_grant', from: 'issuance', units: FUNDS },
              to: addressOf({ type: 'account', id: accountId }),
              tell: (movement) => stage('credits.granted', { ...movement, reason: 'bench' }),
            }),
          ),
        );
      return made;
    });
  } finally {
    await db.close();
  }
}

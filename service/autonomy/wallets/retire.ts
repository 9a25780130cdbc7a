import { createHash } from 'node:crypto';
import { base58 } from '@scure/base';
import type { WalletRetirement } from '../../../shared/http/wallet-retirement.ts';
import type { Tx } from '../../db/database.ts';
import { isRefusedBy } from '../../db/database-error.ts';
import { HttpError } from '../../gate/http-error.ts';
import { criticalExecutor, type Executor } from '../../identity/proposals/executor.ts';
import { readPayerKey } from '../sessions/store.ts';
import { insertRetirement, isRetired } from './store.ts';

const inForce = (cause?: unknown) =>
  new HttpError('conflict', 'the service does not pay with this successor; rotate to it first', { cause });
const already = (address: string, cause?: unknown) =>
  new HttpError('conflict', `${address} is retired already`, { cause });

/** An address that another key hides behind would be shown to two persons who then end the wrong wallet. */
function requireOwnFingerprint({ address, fingerprint }: WalletRetirement): void {
  const found = createHash('sha256').update(base58.decode(address)).digest('hex');
  if (found !== fingerprint)
    throw new HttpError('conflict', 'the fingerprint is not that of this address; compare both');
}

async function requireRetirable(tx: Tx, body: WalletRetirement): Promise<void> {
  requireOwnFingerprint(body);
  const { fingerprint } = await readPayerKey(tx);
  if (fingerprint?.toString('hex') !== body.successor || body.fingerprint === body.successor) throw inForce();
  if (await isRetired(tx, Buffer.from(body.fingerprint, 'hex'))) throw already(body.address);
}

/** Ending a wallet, once two persons want it: from then on no service of this database starts with its key. */
export const retireExecutor = (): Executor =>
  criticalExecutor('wallet-keys.retire', {
    check: (tx, { body }) => requireRetirable(tx, body),
    execute: async (tx, { body }, { stage, proposalId, approverId, now }) => {
      await requireRetirable(tx, body);
      const { address, fingerprint, successor, reason } = body;
      await insertRetirement(tx, {
        ...{ address, reason, proposalId, at: now, by: approverId },
        fingerprint: Buffer.from(fingerprint, 'hex'),
        successor: Buffer.from(successor, 'hex'),
      }).catch((error: unknown) => {
        if (isRefusedBy(error, 'payer_keys_in_force_stay')) throw inForce(error);
        throw isRefusedBy(error, 'payer_keys_retire_once') ? already(address, error) : error;
      });
      await stage('payer.key-retired', { address, fingerprint, successor, reason, proposalId });
      return fingerprint;
    },
  });

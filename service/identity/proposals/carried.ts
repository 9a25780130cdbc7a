import { deliveryTarget } from '../../../shared/http/carried.ts';
import type { ErrorType } from '../../../shared/http/errors.ts';
import { digestOf } from '../../../shared/http/sign.ts';
import { CARD_HEADER } from '../../../shared/http/signature.ts';
import type { CallInput } from '../../../shared/http/table.ts';
import type { Tx } from '../../db/database.ts';
import type { VerifiedSignature } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { findSigningOperator } from '../operators/store.ts';
import { acceptNonce } from '../replay.ts';
import { sha256 } from '../signature/checks.ts';
import { parseSignature } from '../signature/parse.ts';
import { verifySignature } from '../signature/verify.ts';
import { approvalCardFor } from './content.ts';
import { stateOf } from './rules.ts';
import { readProposal } from './store.ts';

interface Brought extends Omit<CallInput<'proposals.deliver'>['body'], 'route'> {
  readonly id: string;
  /** Absolute target of the request that brings it, under the configured origin. */
  readonly sentTo: string;
}

/**
 * Verifies an approval that was signed away from the service exactly as one that its signer sends: tag, time, card and key. It is
 * signed for the target of the delivery, so neither kind of approval can be sent as the other.
 */
async function verifyCarried(
  tx: Tx,
  { id, digest, approval, sentTo }: Brought,
  now: () => Date,
): Promise<{ readonly id: string; readonly signature: VerifiedSignature }> {
  const body = Buffer.from(JSON.stringify({ digest }));
  const headers: Readonly<Record<string, string>> = {
    'content-type': 'application/json',
    'content-digest': digestOf(body, sha256),
    'idempotency-key': approval.idempotencyKey,
    [CARD_HEADER]: approval.card,
    'signature-input': approval.signatureInput,
    signature: approval.signature,
  };
  const { signature, operator } = await verifySignature(
    {
      route: 'proposals.approve',
      method: 'POST',
      targetUri: deliveryTarget(id, sentTo),
      body,
      header: (name) => headers[name] ?? null,
    },
    {
      // Never a key of the service's own probes: those approve nothing that a person carries.
      findOperator: (keyId) => findSigningOperator(tx, keyId),
      approvalCard: (named, target) => approvalCardFor({ kysely: tx }, named, target),
      now,
    },
  );
  if (!operator) throw new HttpError('key_unknown', 'no enrolled operator has this key');
  return { id: operator.id, signature };
}

/**
 * Verifies the second person's signature and uses it up, whether or not it then executes anything.
 * @throws HttpError in the words of the gate, which `refusalOf` puts into those for whoever brought it
 */
export async function takeCarried(tx: Tx, brought: Brought, now: () => Date) {
  const second = await verifyCarried(tx, brought, now);
  await acceptNonce(tx, second.signature);
  return second;
}

interface Fault {
  readonly is: string;
  /** What helps while the proposal is open. */
  readonly helps: string;
}

const AGAIN = 'have it signed again';
const UNFIT: Fault = { is: 'does not fit what was brought', helps: 'have it brought again, by another way' };
const FAULTS: Readonly<Partial<Record<ErrorType, Fault>>> = {
  signature_replayed: { is: 'was used before', helps: AGAIN },
  signature_expired: { is: 'has expired', helps: AGAIN },
  key_unknown: { is: 'is by a key of nobody who is enrolled now', helps: 'have another operator approve it' },
  card_mismatch: { is: 'approves something else', helps: AGAIN },
  digest_mismatch: { is: 'is of a proposal that is not here', helps: AGAIN },
};

function faultIn({ approval }: Brought, { code }: HttpError, now: Date): Fault {
  if (code !== 'signature_expired') return FAULTS[code] ?? UNFIT;
  const { created } = parseSignature(approval.signatureInput, approval.signature);
  return created * 1000 > now.getTime()
    ? { is: 'is from the future', helps: `set the clock of the console where it was made and ${AGAIN}` }
    : (FAULTS[code] ?? UNFIT);
}

/**
 * Why a brought signature was not taken, for whoever brought it: their own key, clock and signature are in order. What has become
 * of the proposal is said with it, because the answer to an earlier delivery may have been lost.
 * @returns `approval_spent` or `approval_refused`; anything but a refusal as it is
 */
export async function refusalOf(tx: Tx, brought: Brought, failed: unknown, now: Date): Promise<unknown> {
  if (!(failed instanceof HttpError)) return failed;
  const { is, helps } = faultIn(brought, failed, now);
  const row = await readProposal(tx, brought.id);
  if (!row) return new HttpError('not_found', `there is no proposal ${brought.id}`);
  const state = stateOf(row, now);
  return new HttpError(
    failed.code === 'signature_replayed' ? 'approval_spent' : 'approval_refused',
    `the second person’s signature ${is}; ${row.id} is ${state}${state === 'open' ? `, so ${helps}` : ''}`,
    { cause: failed },
  );
}

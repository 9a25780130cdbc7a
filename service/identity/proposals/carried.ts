import { deliveryTarget } from '../../../shared/http/carried.ts';
import { digestOf } from '../../../shared/http/sign.ts';
import { CARD_HEADER } from '../../../shared/http/signature.ts';
import type { CallInput } from '../../../shared/http/table.ts';
import type { Database } from '../../db/database.ts';
import type { VerifiedSignature } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import { findSigningOperator } from '../operators/store.ts';
import { sha256 } from '../signature/checks.ts';
import { verifySignature } from '../signature/verify.ts';
import { approvalCardFor } from './content.ts';

type Brought = Omit<CallInput<'proposals.deliver'>['body'], 'route'> & { readonly id: string };

interface Deps {
  readonly db: Pick<Database, 'kysely'>;
  readonly now: () => Date;
}

/**
 * Verifies an approval that was signed away from the service exactly as one that its signer sends: tag, time, card and key. It is
 * signed for the target of the delivery, so neither kind of approval can be sent as the other.
 * @param sentTo absolute target of the request that brings it, under the configured origin
 * @throws HttpError 401 with the reason
 */
export async function verifyCarried(
  { db, now }: Deps,
  { id, digest, approval }: Brought,
  sentTo: string,
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
      findOperator: (keyId) => findSigningOperator(db.kysely, keyId),
      approvalCard: (named, target) => approvalCardFor(db, named, target),
      now,
    },
  );
  if (!operator) throw new HttpError('key_unknown', 'no enrolled operator has this key');
  return { id: operator.id, signature };
}

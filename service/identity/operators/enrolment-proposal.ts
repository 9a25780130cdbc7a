import { z } from 'zod';
import { ed25519PublicKey, operatorName, operatorRole } from '../../../shared/http/operator-parts.ts';
import type { ProposalContent } from '../../../shared/http/proposal.ts';
import { thumbprint } from '../../../shared/http/sign.ts';
import { idOf, makeId } from '../../../shared/ids/ids.ts';
import type { Tx } from '../../db/database.ts';
import type { RequestContext } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Stage } from '../mutation.ts';
import type { Executor, Executors } from '../proposals/executor.ts';
import { requireSigned, storeProposal, timesOf } from '../proposals/propose.ts';
import { sha256 } from '../signature/checks.ts';
import { insertOnce } from './insert-once.ts';
import { AUTHORITY_APPROVERS, type CodeRow } from './rules.ts';
import { claimCode, hasKey, isCodeWaiting, readOperator, spendCode } from './store.ts';

/** What is proposed instead of the request itself, which holds the code: the key, and whose it is to be. */
const enrolment = z.strictObject({
  invitationId: idOf('invitation'),
  name: operatorName,
  role: operatorRole,
  publicKey: ed25519PublicKey,
});

const enrolmentOf = ({ body }: ProposalContent) => enrolment.parse(JSON.parse(body));

interface Enrolling {
  readonly code: CodeRow;
  readonly name: string;
  readonly publicKey: string;
  readonly ctx: RequestContext;
}

/**
 * Once two operators exist, an invitation alone enrols nobody: whoever invited is the proposer, and another operator approves the
 * very key that proved itself with the code. The code is used up by it, whatever comes of the proposal.
 */
export async function proposeEnrolment(
  deps: { readonly executors: Executors; random(bytes: number): Uint8Array },
  tx: Tx,
  stage: Stage,
  { code, name, publicKey, ctx }: Enrolling,
): Promise<Done<'operators.enrol'>> {
  const { signature, sent } = requireSigned(ctx);
  const inviter = await readOperator(tx, code.issued_by ?? '');
  if (!inviter || inviter.revoked_at !== null)
    throw new HttpError('enrolment_code_invalid', 'whoever issued this code was revoked');
  const now = ctx.now();
  const content: ProposalContent = {
    version: 1,
    route: 'operators.enrol',
    method: 'POST',
    target: sent.target,
    body: JSON.stringify({ invitationId: code.id, name, role: code.role, publicKey }),
    proposer: { id: inviter.id, name: inviter.name, keyId: inviter.key_id },
    nonce: signature.nonce,
    ...timesOf(signature),
  };
  await claimCode(tx, code.id, now);
  const by = { type: 'operator', id: inviter.id, name: inviter.name } as const;
  const body = await storeProposal(deps, tx, stage, { content, signature, now, by });
  return { subject: body.proposal.id, answer: { status: 202, body } };
}

const requireNewKey = async (tx: Tx, publicKey: string): Promise<string> => {
  const keyId = thumbprint(publicKey, sha256);
  if (await hasKey(tx, keyId)) throw new HttpError('already_enrolled', 'this key has enrolled already');
  return keyId;
};

export const enrolmentExecutor = (random: (bytes: number) => Uint8Array): Executor => ({
  proposers: ['administrator'],
  approvers: AUTHORITY_APPROVERS,
  check: async (tx, content) => {
    await requireNewKey(tx, enrolmentOf(content).publicKey);
  },
  execute: async (tx, content, { now, stage }) => {
    const { invitationId, name, role, publicKey } = enrolmentOf(content);
    const keyId = await requireNewKey(tx, publicKey);
    if (!(await isCodeWaiting(tx, invitationId)))
      throw new HttpError('conflict', 'the invitation of this enrolment was used or withdrawn');
    const id = makeId('operator', random(10), now.getTime());
    await insertOnce(tx, { id, name, role, keyId, publicKey, enrolledBy: 'invitation', enrolledAt: now });
    await spendCode(tx, invitationId, id, now);
    await stage('operator.enrolled', { operatorId: id, name, role, keyId, by: 'invitation' });
    return id;
  },
});

import { PROPOSAL_LIFETIME_SECONDS, type ProposalContent } from '../../../shared/http/proposal.ts';
import { makeId } from '../../../shared/ids/ids.ts';
import type { Actor } from '../../../shared/ledger/entry.ts';
import type { Tx } from '../../db/database.ts';
import type { Propose, RequestContext, VerifiedSignature } from '../../gate/context.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Done, Mutate, Stage } from '../mutation.ts';
import { activeOperators, lockRoster } from '../operators/roster.ts';
import { digestOfContent } from './content.ts';
import { type Executors, executorOf } from './executor.ts';
import { OPEN_LIMIT, requireSecondOperator } from './rules.ts';
import { countOpenOf, insertProposal, readKeyStates } from './store.ts';
import { toProposal } from './view.ts';

export interface ProposeDeps {
  readonly mutate: Mutate;
  readonly executors: Executors;
  random(bytes: number): Uint8Array;
}

/** What a proposing request was signed with. Unsigned requests of development propose nothing. */
export function requireSigned(ctx: RequestContext): {
  signature: VerifiedSignature;
  sent: NonNullable<RequestContext['sent']>;
} {
  const { signature, sent } = ctx;
  if (!signature || !sent)
    throw new HttpError('signature_missing', 'a proposal is signed, in development too');
  return { signature, sent };
}

/** When it was signed, and until when it may be approved: both follow from the signature, so the proposer signed them too. */
export const timesOf = ({ created }: VerifiedSignature) => ({
  createdAt: created.toISOString(),
  expiresAt: new Date(created.getTime() + PROPOSAL_LIFETIME_SECONDS * 1000).toISOString(),
});

/**
 * The body as text that gives back its bytes. The gate's parser overlooks a byte order mark; what is stored and read again must not
 * need to.
 * @throws HttpError `invalid_body`
 */
function bodyText(body: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new HttpError('invalid_body', 'the body must be JSON in UTF-8 without a byte order mark', {
      cause,
    });
  }
}

export interface NewProposal {
  readonly content: ProposalContent;
  readonly signature: VerifiedSignature;
  readonly now: Date;
  /** Who the ledger says proposed it, when that is not whoever signed this request. */
  readonly by?: Actor;
}

/** Stores a proposal in the transaction of its request. The roster is locked by then. */
export async function storeProposal(
  deps: Pick<ProposeDeps, 'executors' | 'random'>,
  tx: Tx,
  stage: Stage,
  { content, signature, now, by }: NewProposal,
) {
  const { proposer } = content;
  const executor = executorOf(deps.executors, content.route);
  requireSecondOperator(await activeOperators(tx), proposer, executor.approvers);
  if ((await countOpenOf(tx, proposer.id)) >= OPEN_LIMIT)
    throw new HttpError('conflict', `${proposer.name} has ${OPEN_LIMIT} open proposals; withdraw some first`);
  await executor.check(tx, content);
  const id = makeId('proposal', deps.random(10), now.getTime());
  const digest = digestOfContent(content);
  const { publicKey, base, value } = signature.proof;
  const row = await insertProposal(tx, {
    id,
    digest: Buffer.from(digest, 'hex'),
    route: content.route,
    method: content.method,
    target: content.target,
    body: content.body,
    proposer_id: proposer.id,
    proposer_name: proposer.name,
    proposer_key: proposer.keyId,
    nonce: content.nonce,
    created_at: new Date(content.createdAt),
    expires_at: new Date(content.expiresAt),
    proof_key: publicKey,
    proof_base: base,
    proof_value: Buffer.from(value),
  });
  const { route, target, expiresAt } = content;
  const { id: proposerId, name: proposerName } = proposer;
  const { keyId } = signature;
  const eventId = await stage(
    'proposal.proposed',
    { proposalId: id, digest, route, target, proposerId, proposerName, keyId, expiresAt },
    by,
  );
  return { proposal: toProposal(row, { now, keys: await readKeyStates(tx, [keyId]) }), eventId };
}

/** Turns one signature on a critical route into a stored proposal. */
export const createPropose =
  (deps: ProposeDeps): Propose =>
  (route, ctx) =>
    deps.mutate(route, ctx, async (tx, stage): Promise<Done<typeof route>> => {
      const { principal } = ctx;
      const { signature, sent } = requireSigned(ctx);
      if (principal.type !== 'operator') throw new HttpError('forbidden', 'only an operator can propose');
      await lockRoster(tx);
      const { id, name, keyId } = principal;
      const content: ProposalContent = {
        version: 1,
        route,
        method: 'POST',
        target: sent.target,
        body: bodyText(sent.body),
        proposer: { id, name, keyId },
        nonce: signature.nonce,
        ...timesOf(signature),
      };
      const body = await storeProposal(deps, tx, stage, { content, signature, now: ctx.now() });
      return { subject: body.proposal.id, answer: { status: 202, body } };
    });

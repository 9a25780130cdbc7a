import { createHash, randomUUID } from 'node:crypto';
import { deliveryTarget } from '../../shared/http/carried.ts';
import type { Proposal } from '../../shared/http/proposal.ts';
import { proposalDigestOf } from '../../shared/http/sign.ts';
import { routeOf } from '../../shared/http/table.ts';
import { approvalCard } from './approval.ts';
import { checkTarget, invalid } from './checks.ts';
import type { Prepared } from './request.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** Of an approval that is carried there is always a card, and a digest that was made here. */
export interface PreparedApproval extends Prepared {
  readonly card: NonNullable<Prepared['card']>;
  readonly digest: string;
}

/**
 * The approval of a proposal that somebody brought, ready to be read and signed. Nothing of it is believed but what it holds itself:
 * digest, card and target are made here, and it is signed for its delivery, so it is no approval that a console sends for itself.
 * @throws SignerError `invalid-request`
 */
export function prepareCarried({ id, content }: Pick<Proposal, 'id' | 'content'>): PreparedApproval {
  if (!URL.canParse(content.target)) throw invalid('its target is not a URL');
  const targetUri = deliveryTarget(id, content.target);
  checkTarget(targetUri, routeOf('proposals.deliver'));
  const digest = proposalDigestOf(content, sha256);
  const proposal = structuredClone(content);
  const body = Buffer.from(JSON.stringify({ digest }));
  const card = approvalCard({ proposal, targetUri, body });
  const request = {
    ...({ route: 'proposals.approve', method: 'POST', targetUri, body, proposal } as const),
    ...{ contentType: 'application/json', idempotencyKey: randomUUID() },
  };
  const until = new Date(content.expiresAt);
  return { request, risk: 'sensitive', card, approves: true, until, digest };
}

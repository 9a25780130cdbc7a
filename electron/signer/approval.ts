import { createHash } from 'node:crypto';
import { type Card, proposalCard } from '../../shared/http/card.ts';
import { proposalContent } from '../../shared/http/proposal.ts';
import { proposalDigestOf } from '../../shared/http/sign.ts';
import { isRouteId, routeOf } from '../../shared/http/table.ts';
import { checkBody, checkCompact, checkTarget, invalid } from './checks.ts';
import type { SigningRequest } from './signing-request.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

type Approving = Pick<SigningRequest, 'proposal' | 'targetUri' | 'body'>;

const digestIn = (body: Uint8Array): unknown =>
  (JSON.parse(new TextDecoder().decode(body)) as { readonly digest?: unknown }).digest;

/**
 * The card of an approval, made from the proposal itself. The proposal came by way of the service and of main, so nothing of it is
 * believed but what its digest binds: the digest is computed here and must be the one that will be signed.
 * @throws SignerError `invalid-request`
 */
export function approvalCard({ proposal, targetUri, body }: Approving): Card {
  const parsed = proposalContent.safeParse(proposal);
  if (!parsed.success) throw invalid('the proposal that it approves is missing or not a proposal');
  const content = parsed.data;
  if (!isRouteId(content.route)) throw invalid('nothing here knows what it approves');
  const route = routeOf(content.route);
  if (route.method !== content.method) throw invalid('what it approves has not the method of its route');
  checkTarget(content.target, route);
  if (new URL(content.target).origin !== new URL(targetUri).origin)
    throw invalid('what it approves belongs to another service');
  const proposed = new TextEncoder().encode(content.body);
  // Of an enrolment the service proposes the key instead of the code; that is no body of its route.
  if (route.risk?.level === 'critical') checkBody(proposed, route);
  else if (content.route === 'operators.enrol') checkCompact(proposed);
  else throw invalid('what it approves takes no second person');
  const digest = proposalDigestOf(content, sha256);
  if (digestIn(body) !== digest) throw invalid('its digest is not that of the proposal');
  return proposalCard(targetUri, content, digest);
}

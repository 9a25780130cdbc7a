import { type Card, CardError, proposalCard } from '../../../shared/http/card.ts';
import { isSamePerson, NO_ADMINISTRATOR_LEFT, type Operator } from '../../../shared/http/operators.ts';
import type { Proposal } from '../../../shared/http/proposal.ts';
import { isRouteId, routeOf } from '../../../shared/http/table.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import type { Tone } from '../../ui/state.tsx';
import { whyNotSign } from '../parts/enrolment.tsx';

/** What is proposed, as its own card says it. */
export const titleOf = ({ content }: Pick<Proposal, 'content'>): string =>
  (isRouteId(content.route) ? routeOf(content.route).card?.title : undefined) ?? content.route;

/** Attacker-controlled text that a proposer signed; what is no JSON object has no fields. */
function bodyOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The values of a proposal on one line; the key of an enrolment is compared whole in the dialog. */
export const summaryOf = ({ content }: Pick<Proposal, 'content'>): string =>
  Object.entries(bodyOf(content.body))
    .filter(([name]) => name !== 'publicKey' && name !== 'invitationId')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

/** What it is about: the id in the path of its target. */
export const subjectOf = ({ content }: Pick<Proposal, 'content'>): string =>
  content.target.match(/\/([a-z]{3}_[0-9a-z]{26})(?:\/|$)/)?.[1] ?? '';

/** The card of the approval, by the function that the trusted window uses; null for what cannot be shown, and so not signed. */
export function cardOf({ id, content, digest }: Proposal): Card | null {
  try {
    return proposalCard(`/api/proposals/${id}/approve`, content, digest);
  } catch (error) {
    if (error instanceof CardError) return null;
    throw error;
  }
}

/** Why this console may not be the second person; null when it may. The service decides again. */
export function whyNotApprove(enrolment: EnrolmentStatus | undefined, proposal: Proposal): string | null {
  const role = whyNotSign(enrolment, 'proposals.approve');
  if (role) return role;
  if (!cardOf(proposal))
    return 'This console cannot show what this would do, so it does not sign it. Withdraw it.';
  const { proposer } = proposal.content;
  const own = enrolment?.operator;
  if (own && (enrolment.keyId === proposer.keyId || isSamePerson(own, proposer)))
    return 'You proposed this. Another person has to approve it, with another key.';
  if (!proposal.proposed.valid)
    return 'The proposing signature does not fit what is stored. Withdraw it and propose it again.';
  return null;
}

export const STATE_TONE: Record<Proposal['state'], Tone> = {
  open: 'busy',
  executed: 'ok',
  withdrawn: 'idle',
  expired: 'warn',
};

/** What the card of a revocation has to say: that nobody is left in charge, exactly when that is so. */
export function consequenceOf(
  target: Operator,
  operators: readonly Operator[],
): typeof NO_ADMINISTRATOR_LEFT | undefined {
  const isAdministrator = (one: Operator) => one.state === 'active' && one.role === 'administrator';
  const left = operators.some((one) => one.id !== target.id && isAdministrator(one));
  return isAdministrator(target) && !left ? NO_ADMINISTRATOR_LEFT : undefined;
}

/** From the second enrolment on, for ever, an invited key waits for another operator (SPEC 8). */
export const enrolmentTakesTwo = (operators: readonly Operator[]): boolean => operators.length > 1;

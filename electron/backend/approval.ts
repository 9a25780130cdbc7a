import { type ProposalContent, proposalContent } from '../../shared/http/proposal.ts';
import type { CallAnswer } from '../../shared/http/table.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { CallRequest } from './admin-request.ts';

interface Reader {
  call(request: CallRequest): Promise<{ readonly body: Record<string, unknown> }>;
}

const ENDED = {
  executed: 'It was approved and executed already',
  withdrawn: 'It was withdrawn',
  expired: 'It expired',
} as const;

/**
 * What an approval is of, asked of the service and never of the page: a page that was taken over can name a proposal and cannot
 * say what stands in it. No card is drawn for one that nobody can approve any more.
 * @throws Refusal `request-failed` for a proposal that is no longer open
 */
export async function contentToApprove(reader: Reader, { params }: CallRequest): Promise<ProposalContent> {
  const answer = await reader.call({ route: 'proposals.get', params });
  const { proposal } = answer.body as CallAnswer<'proposals.get'>;
  if (proposal.state !== 'open')
    throw new Refusal('request-failed', `${ENDED[proposal.state]}, so there is nothing left to approve.`, {
      service: { type: 'conflict', status: 409 },
    });
  return proposalContent.parse(proposal.content);
}

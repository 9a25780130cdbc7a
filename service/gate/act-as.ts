import type { Route } from '../../shared/http/route.ts';
import type { Credentials } from './bearer.ts';
import type { Principal } from './context.ts';
import { singleHeader } from './headers.ts';
import { HttpError } from './http-error.ts';

const foreign = () => new HttpError('forbidden', 'X-Agent-Id names an agent that you cannot act as');

/** The only agent of the account: of several none is meant, and guessing one would act for the wrong one. */
async function onlyAgent(
  accountId: string,
  credentials: Pick<Credentials, 'someAgents'>,
): Promise<string | null> {
  const [only, another] = await credentials.someAgents(accountId, 2);
  return only !== undefined && another === undefined ? only : null;
}

/**
 * The agent that the request is for (SPEC 2). A header that names one is never ignored: whoever may not act as that agent is
 * refused, on every route that knows its caller.
 * @throws HttpError `forbidden` for a foreign or unknown agent, `agent_required` where one is needed and none is clear
 */
export async function actingAs(
  { policy, effect }: Route,
  rawHeaders: readonly string[],
  principal: Principal,
  credentials: Pick<Credentials, 'ownsAgent' | 'someAgents'>,
): Promise<string | null> {
  const named = singleHeader(rawHeaders, 'x-agent-id');
  switch (principal.type) {
    case 'stranger':
      return null;
    case 'agent':
      if (named !== null && named !== principal.id) throw foreign();
      return principal.id;
    case 'key':
      if (named !== null && named !== principal.agentId) throw foreign();
      return principal.agentId;
    case 'account': {
      if (named !== null) {
        if (!(await credentials.ownsAgent(principal.id, named))) throw foreign();
        return named;
      }
      // Of a read that is not about an agent nothing is written down, so nobody needs to know.
      if (policy.agent !== 'required' && effect === 'read') return null;
      const only = await onlyAgent(principal.id, credentials);
      if (only === null && policy.agent === 'required')
        throw new HttpError('agent_required', 'name one of your agents in X-Agent-Id');
      return only;
    }
    default:
      if (named !== null) throw foreign();
      return null;
  }
}

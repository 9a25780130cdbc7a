import type { ProposalContent } from '../../../shared/http/proposal.ts';
import type { OperatorRole } from '../../../shared/http/route.ts';
import { type CriticalRouteId, type HandlerInput, routeOf } from '../../../shared/http/table.ts';
import type { Tx } from '../../db/database.ts';
import { HttpError } from '../../gate/http-error.ts';
import type { Stage } from '../mutation.ts';

/** The approval in whose transaction a proposal is executed. */
export interface Execution {
  readonly proposalId: string;
  readonly approverId: string;
  readonly now: Date;
  readonly stage: Stage;
}

/** How one kind of proposal is done, once two persons want it. */
export interface Executor {
  readonly proposers: readonly OperatorRole[];
  readonly approvers: readonly OperatorRole[];
  /** Refuses what could not be done now; asked when it is proposed, so that nobody approves what cannot happen. */
  check(tx: Tx, content: ProposalContent): Promise<void>;
  /** Does it and stages its event. @returns the id of what was made or changed */
  execute(tx: Tx, content: ProposalContent, by: Execution): Promise<string>;
}

export type Executors = Readonly<Record<CriticalRouteId | 'operators.enrol', Executor>>;

/** @throws HttpError `conflict` for a proposal that this version of the service cannot do */
export function executorOf(executors: Executors, route: string): Executor {
  if (!Object.hasOwn(executors, route))
    throw new HttpError('conflict', `nothing here does ${route}; withdraw the proposal`);
  return executors[route as keyof Executors];
}

interface Steps<Id extends CriticalRouteId> {
  readonly approvers?: readonly OperatorRole[];
  check(tx: Tx, input: HandlerInput<Id>): Promise<void>;
  execute(tx: Tx, input: HandlerInput<Id>, by: Execution): Promise<string>;
}

/** Decodes as the router does: what it matched is what the schema of the route has accepted. */
function paramsOf(path: string, target: string): Record<string, string> {
  const given = new URL(target).pathname.split('/');
  const named = path
    .split('/')
    .flatMap((part, i) =>
      part.startsWith(':') ? [[part.slice(1), decodeURIComponent(given[i] ?? '')]] : [],
    );
  return Object.fromEntries(named);
}

/** The input of a critical route, read again from the target and body that were signed and from nothing else. */
function inputOf<Id extends CriticalRouteId>(id: Id, { target, body }: ProposalContent): HandlerInput<Id> {
  const route = routeOf(id);
  return {
    ...(route.params ? { params: route.params.parse(paramsOf(route.path, target)) } : {}),
    ...(route.body ? { body: route.body.parse(JSON.parse(body)) } : {}),
  } as HandlerInput<Id>;
}

/** The executor of a critical route. Without other roles, whoever may propose it may approve it. */
export function criticalExecutor<Id extends CriticalRouteId>(id: Id, steps: Steps<Id>): Executor {
  const { signed } = routeOf(id).policy;
  const proposers = typeof signed === 'string' ? [] : signed;
  return {
    proposers,
    approvers: steps.approvers ?? proposers,
    check: (tx, content) => steps.check(tx, inputOf(id, content)),
    execute: (tx, content, by) => steps.execute(tx, inputOf(id, content), by),
  };
}

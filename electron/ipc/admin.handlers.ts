import type { AppResponse } from '../../shared/ipc/app.ts';
import type { CallRequest } from '../backend/admin-request.ts';
import type { Enrolment } from '../backend/enrolment.ts';
import type { LocalOperators } from '../backend/local-operators.ts';
import type { AppHandlers } from './handlers.ts';

export interface AdminDeps {
  readonly callApi: (request: CallRequest) => Promise<AppResponse<'api.call'>>;
  readonly enrolment: Enrolment;
  readonly localOperators: Pick<LocalOperators, 'invite'>;
  readonly saveProposal: (id: string) => Promise<{ path: string | null }>;
}

export const adminHandlers = (
  deps: AdminDeps,
): Pick<
  AppHandlers,
  'api.call' | 'enrolment.status' | 'enrolment.enrol' | 'operators.inviteLocal' | 'operators.saveProposal'
> => ({
  'api.call': (request) => deps.callApi(request),
  'enrolment.status': () => deps.enrolment.status(),
  'enrolment.enrol': ({ name }) => deps.enrolment.enrol(name),
  'operators.inviteLocal': ({ name, role }) => deps.localOperators.invite(name, role),
  'operators.saveProposal': ({ id }) => deps.saveProposal(id),
});

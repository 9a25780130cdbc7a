import type { OperatorRole } from '../../../shared/http/route.ts';
import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

export type RevokeBody = CallInput<'operators.revoke'>['body'];

const OPERATORS_MS = 3000;
/** A review is read by a person; the ledger behind it is asked no more often than that needs. */
const ACCESS_MS = 15_000;
const PAGE = 100;

export const useOperators = () => useCall('operators.list', {}, { everyMs: OPERATORS_MS });

export const useProposals = (open: boolean) =>
  useCall(
    'proposals.list',
    { query: { limit: PAGE, ...(open ? { state: 'open' as const } : {}) } },
    { everyMs: OPERATORS_MS },
  );

export const useAccess = () => useCall('access.state', {}, { everyMs: ACCESS_MS });

export function useEnrol() {
  const bridge = useBridge();
  return useAction((name: string) => bridge.ask('enrolment.enrol', { name }));
}

export function useInviteLocal() {
  const bridge = useBridge();
  return useAction((name: string, role: OperatorRole) => bridge.ask('operators.inviteLocal', { name, role }));
}

export function useApprove() {
  const bridge = useBridge();
  return useAction((id: string, digest: string) =>
    bridge.call('proposals.approve', { params: { id }, body: { digest } }),
  );
}

export function useWithdraw() {
  const bridge = useBridge();
  return useAction((id: string, reason: string) =>
    bridge.call('proposals.withdraw', { params: { id }, body: { reason } }),
  );
}

export function useRevoke() {
  const bridge = useBridge();
  return useAction((id: string, body: RevokeBody) =>
    bridge.call('operators.revoke', { params: { id }, body }),
  );
}

export function useChangeRole() {
  const bridge = useBridge();
  return useAction((id: string, role: OperatorRole) =>
    bridge.call('operators.changeRole', { params: { id }, body: { role } }),
  );
}

export function useSignAccess() {
  const bridge = useBridge();
  return useAction((digest: string, rows: number) => bridge.call('access.sign', { body: { digest, rows } }));
}

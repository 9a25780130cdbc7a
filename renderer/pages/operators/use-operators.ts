import { readApproval } from '../../../shared/http/carried.ts';
import type { Proposal } from '../../../shared/http/proposal.ts';
import type { OperatorRole } from '../../../shared/http/route.ts';
import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { BridgeError } from '../../bridge/error.ts';
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

/** Opens the trusted window in which a proposal that was brought here is read and signed; it takes no connection. */
export function useApproveBrought() {
  const bridge = useBridge();
  return useAction(() => bridge.ask('custody.act', { act: 'approve-proposal' }));
}

export function useSaveProposal() {
  const bridge = useBridge();
  return useAction((id: string) => bridge.ask('operators.saveProposal', { id }));
}

const NOT_WHOLE = 'This is no approval, or a part of it is missing. Transfer it again.';
const FOREIGN = 'This approves another proposal than the one that is open here.';

/** Brings the service the approval that a second person signed elsewhere. Whether it is one is for the service to say. */
export function useDeliver({ id, digest, content: { route } }: Pick<Proposal, 'id' | 'digest' | 'content'>) {
  const bridge = useBridge();
  return useAction(async (text: string) => {
    const brought = readApproval(text);
    if (!brought) throw new BridgeError('invalid-payload', NOT_WHOLE);
    if (brought.id !== id || brought.digest !== digest) throw new BridgeError('invalid-payload', FOREIGN);
    const { approval } = brought;
    return bridge.call('proposals.deliver', { params: { id }, body: { route, digest, approval } });
  });
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

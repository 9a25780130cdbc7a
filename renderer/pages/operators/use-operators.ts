import type { OperatorRole } from '../../../shared/http/route.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const OPERATORS_MS = 3000;

export const useOperators = () => useCall('operators.list', {}, { everyMs: OPERATORS_MS });

export function useEnrol() {
  const bridge = useBridge();
  return useAction((name: string) => bridge.ask('enrolment.enrol', { name }));
}

export function useInviteLocal() {
  const bridge = useBridge();
  return useAction((name: string, role: OperatorRole) => bridge.ask('operators.inviteLocal', { name, role }));
}

import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const SHIFT_MS = 3000;

export const useShift = () => useCall('shift.state', {}, { everyMs: SHIFT_MS });

export type HandOverBody = CallInput<'shift.hand-over'>['body'];

export function useHandOver() {
  const bridge = useBridge();
  return useAction((body: HandOverBody) => bridge.call('shift.hand-over', { body }));
}

export function useTakeOver() {
  const bridge = useBridge();
  return useAction(({ id, digest }: { readonly id: string; readonly digest: string }) =>
    bridge.call('shift.take-over', { params: { id }, body: { digest } }),
  );
}

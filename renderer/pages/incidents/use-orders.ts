import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const LIST_MS = 3000;

export const useOrders = () => useCall('orders.list', { query: { limit: 100 } }, { everyMs: LIST_MS });

export function usePrepareOrder() {
  const bridge = useBridge();
  return useAction((body: CallInput<'orders.prepare'>['body']) => bridge.call('orders.prepare', { body }));
}

export function useRevokeOrder(id: string) {
  const bridge = useBridge();
  return useAction((body: CallInput<'orders.revoke'>['body']) =>
    bridge.call('orders.revoke', { params: { id }, body }),
  );
}

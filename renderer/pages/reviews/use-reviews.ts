import type { ClaimState } from '../../../shared/http/market-parts.ts';
import type { CallInput } from '../../../shared/http/table.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const LIST_MS = 3000;
const OVERLAP_MS = 10_000;
/** Newest first. */
const PAGE = 200;

export const useQueue = (state: ClaimState | 'all') =>
  useCall(
    'market.queue',
    { query: { limit: PAGE, ...(state === 'all' ? {} : { state }) } },
    { everyMs: LIST_MS },
  );

export const useDraws = (id: string) => useCall('market.draw', { params: { id } }, { everyMs: LIST_MS });

export const useOverlap = () => useCall('market.overlap', {}, { everyMs: OVERLAP_MS });

export const useFlags = () => useCall('market.flags', { query: { limit: PAGE } }, { everyMs: LIST_MS });

export function useFlag() {
  const bridge = useBridge();
  return useAction((body: CallInput<'market.flag'>['body']) => bridge.call('market.flag', { body }));
}

export function useLiftFlag() {
  const bridge = useBridge();
  return useAction((id: string, body: CallInput<'market.unflag'>['body']) =>
    bridge.call('market.unflag', { params: { id }, body }),
  );
}

export function useCancelBounty() {
  const bridge = useBridge();
  return useAction((id: string, body: CallInput<'market.cancel'>['body']) =>
    bridge.call('market.cancel', { params: { id }, body }),
  );
}

import type { CallInput } from '../../../shared/http/table.ts';
import type { HoldState } from '../../../shared/http/treasury.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const BOOKS_MS = 2000;
const LIST_MS = 3000;
/** Newest first; what is older is found by its wallet. */
const PAGE = 200;
const OF_WALLET = 50;

export const useConservation = () => useCall('treasury.conservation', {}, { everyMs: BOOKS_MS });

export const useWallets = (frozenOnly = false) =>
  useCall(
    'treasury.wallets',
    { query: { limit: PAGE, ...(frozenOnly ? { frozen: 'only' as const } : {}) } },
    { everyMs: LIST_MS },
  );

/** The one that is open: the list may not reach back to it. */
export const useWallet = (wallet: string) =>
  useCall('treasury.wallets', { query: { limit: 1, wallet } }, { everyMs: LIST_MS });

export const useHolds = (state: HoldState | 'all', wallet?: string) =>
  useCall(
    'treasury.holds',
    {
      query: {
        limit: wallet === undefined ? PAGE : OF_WALLET,
        ...(state === 'all' ? {} : { state }),
        ...(wallet === undefined ? {} : { wallet }),
      },
    },
    { everyMs: LIST_MS },
  );

export const usePostings = (wallet?: string) =>
  useCall(
    'treasury.postings',
    {
      query: { limit: wallet === undefined ? PAGE : OF_WALLET, ...(wallet === undefined ? {} : { wallet }) },
    },
    { everyMs: LIST_MS },
  );

export function useTransfer() {
  const bridge = useBridge();
  return useAction((body: CallInput<'treasury.transfer'>['body']) =>
    bridge.call('treasury.transfer', { body }),
  );
}

export function useGrant() {
  const bridge = useBridge();
  return useAction((body: CallInput<'treasury.grant'>['body']) => bridge.call('treasury.grant', { body }));
}

import type { ApiKey } from '../../../shared/http/keys.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const KEYS_MS = 3000;
/** The service's own ceiling for one page; a bundled service has far fewer keys. */
const PAGE = 500;

export type KeyState = 'active' | 'revoked' | 'all';

export const useKeys = (state: KeyState) =>
  useCall(
    'keys.list',
    { query: { limit: PAGE, ...(state === 'all' ? {} : { state }) } },
    { everyMs: KEYS_MS },
  );

export function useCreateKey() {
  const bridge = useBridge();
  return useAction((label: string, requestsPerMinute: number) =>
    bridge.call('keys.create', { body: { label, requestsPerMinute } }),
  );
}

export function useRevokeKey() {
  const bridge = useBridge();
  return useAction(({ id, displayPrefix }: Pick<ApiKey, 'id' | 'displayPrefix'>, reason: string) =>
    bridge.call('keys.revoke', { params: { id }, body: { displayPrefix, reason } }),
  );
}

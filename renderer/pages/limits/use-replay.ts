import type { LimitScope } from '../../../shared/http/limits.ts';
import type { CallResult } from '../../bridge/bridge.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useCall } from '../../bridge/use-remote.ts';

const KEYS_MS = 10_000;
const HEARTBEATS_MS = 5000;
const PAGE = 500;

/** The keys whose limit can be changed. */
export const useActiveKeys = () =>
  useCall('keys.list', { query: { limit: PAGE, state: 'active' } }, { everyMs: KEYS_MS });

export const useHeartbeats = () => useCall('limits.heartbeats', {}, { everyMs: HEARTBEATS_MS });

/** What the last hour is replayed for: one key, or everybody in a scope. */
export type ReplaySubject =
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'scope'; readonly scope: LimitScope };

export function useReplay() {
  const bridge = useBridge();
  return useAction(async (subject: ReplaySubject, limit: number) => {
    const answer =
      subject.kind === 'key'
        ? await bridge.call('limits.replayKey', { params: { id: subject.id }, query: { limit } })
        : await bridge.call('limits.replayScope', { query: { scope: subject.scope, limit } });
    return { subject, limit, replayed: answer.body };
  });
}

export type Replay = Extract<ReturnType<typeof useReplay>['action'], { state: 'done' }>['value'];

type Saved = CallResult<'limits.raise'> | CallResult<'limits.lower'>;

/** More takes two persons, less takes one: the two routes, by which of them it is. */
export function useSaveLimit() {
  const bridge = useBridge();
  return useAction((id: string, requestsPerMinute: number, raises: boolean): Promise<Saved> => {
    const input = { params: { id }, body: { requestsPerMinute } };
    return raises ? bridge.call('limits.raise', input) : bridge.call('limits.lower', input);
  });
}

import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { CallInput, RouteId } from '../../../shared/http/table.ts';
import type { Bridge } from '../../bridge/bridge.ts';
import { useBridgeScope } from '../../bridge/context.tsx';
import type { IdentityFilter, IdentityView } from '../../stores/ui.ts';
import type { Entries } from './entry.ts';
import { DirectoryList, type Page } from './list.ts';

/** How often the top of a list is read again while it is in sight. */
const FRESH_MS = 5000;
const PAGE = 100;

type ListRoute = Extract<RouteId, `identity.${IdentityView}`>;
type Query = CallInput<'identity.accounts'>['query'] & CallInput<'identity.keys'>['query'];

/** Which parts of the filter each list takes. */
const TAKES: Record<IdentityView, readonly (keyof IdentityFilter)[]> = {
  accounts: ['search', 'state', 'role'],
  agents: ['search', 'state', 'account'],
  sessions: ['search', 'state', 'account'],
  keys: ['search', 'state', 'family', 'account', 'agent'],
};

const queryOf = (filter: IdentityFilter) =>
  Object.fromEntries(TAKES[filter.view].flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));

/** One page of any list: the four routes answer with their rows under the name of the view. */
async function loadPage<V extends IdentityView>(
  bridge: Bridge,
  view: V,
  query: object,
): Promise<Page<Entries[V]>> {
  // Main and the service check every query against the route's own schema.
  const input = { query: query as Query } as CallInput<ListRoute>;
  const { body } = await bridge.call(`identity.${view}` as ListRoute, input);
  return {
    rows: (body as unknown as Record<V, readonly Entries[V][]>)[view],
    nextCursor: body.nextCursor,
  };
}

/** The list that the filter describes, kept fresh while the page is visible. */
export function useDirectory(filter: IdentityFilter) {
  const { bridge, visibility } = useBridgeScope();
  const list = useMemo(() => {
    const query = { limit: PAGE, ...queryOf(filter) };
    return new DirectoryList<Entries[IdentityView]>({
      load: (cursor) => loadPage(bridge, filter.view, cursor === null ? query : { ...query, cursor }),
      now: Date.now,
    });
  }, [bridge, filter]);
  useEffect(() => {
    const refresh = (): void => {
      if (!visibility.hidden) void list.refresh();
    };
    refresh();
    const timer = setInterval(refresh, FRESH_MS);
    visibility.addEventListener('visibilitychange', refresh);
    return () => {
      clearInterval(timer);
      visibility.removeEventListener('visibilitychange', refresh);
    };
  }, [list, visibility]);
  return { list, snapshot: useSyncExternalStore(list.subscribe, list.snapshot) };
}

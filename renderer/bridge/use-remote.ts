import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { CallInput, RouteId } from '../../shared/http/table.ts';
import type { AppChannel, AppRequest, AppResponse } from '../../shared/ipc/app.ts';
import type { Bridge, ShownAnswer } from './bridge.ts';
import { useBridgeScope } from './context.tsx';
import { Poller, type Remote } from './poller.ts';

export interface RemoteView<T> extends Remote<T> {
  readonly retry: () => void;
}

interface PollOptions {
  /** Milliseconds between reads; left out: read once. */
  readonly everyMs?: number;
}

function useRemote<T>(
  key: string,
  load: (bridge: Bridge, key: string) => Promise<T>,
  everyMs: number | null,
): RemoteView<T> {
  const { bridge, memory, visibility, returned } = useBridgeScope();
  const poller = useMemo(
    () =>
      new Poller<T>({
        load: () => load(bridge, key),
        everyMs,
        ...{ visibility, returned },
        now: Date.now,
        // The key names route and input, so what is remembered under it has the type of its answer.
        remembered: memory.get(key) as Pick<Remote<T>, 'data' | 'at'> | undefined,
        onData: (data, at) => memory.set(key, data, at),
      }),
    [bridge, memory, visibility, returned, key, load, everyMs],
  );
  useEffect(() => poller.start(), [poller]);
  const remote = useSyncExternalStore(poller.subscribe, poller.snapshot);
  // The same until something was read: a page that is drawn again for another reason need not draw this again.
  return useMemo(() => ({ ...remote, retry: poller.retry }), [remote, poller]);
}

/** The route and its input as one string: the identity of a question. */
const keyOf = (name: string, input: unknown): string => JSON.stringify([name, input ?? null]);

async function loadRoute(bridge: Bridge, key: string): Promise<unknown> {
  const [route, input] = JSON.parse(key) as [RouteId, CallInput<RouteId>];
  return (await bridge.call(route, input)).body;
}

async function loadChannel(bridge: Bridge, key: string): Promise<unknown> {
  const [channel] = JSON.parse(key) as [AppChannel];
  return bridge.ask(channel, undefined);
}

/** A read route of the admin API, kept fresh while the page is visible. */
export const useCall = <Id extends RouteId>(
  route: Id,
  input: CallInput<Id>,
  options: PollOptions = {},
): RemoteView<ShownAnswer<Id>> =>
  useRemote(
    keyOf(route, input),
    loadRoute as (bridge: Bridge, key: string) => Promise<ShownAnswer<Id>>,
    options.everyMs ?? null,
  );

type QuestionChannel = {
  [C in AppChannel]: AppRequest<C> extends undefined ? C : never;
}[AppChannel];

/** A channel of main that takes no question, kept fresh while the page is visible. */
export const useAsk = <C extends QuestionChannel>(
  channel: C,
  options: PollOptions = {},
): RemoteView<AppResponse<C>> =>
  useRemote(
    keyOf(channel, null),
    loadChannel as (bridge: Bridge, key: string) => Promise<AppResponse<C>>,
    options.everyMs ?? null,
  );

import { useSyncExternalStore } from 'react';

interface Clock {
  readonly subscribe: (listener: () => void) => () => void;
  readonly now: () => number;
}

/** One timer for all who look at it, which stops when nobody does: a table of ages has a hundred readers. */
function startedByReaders(everyMs: number): Clock {
  const listeners = new Set<() => void>();
  let shown = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    shown = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    subscribe(listener) {
      listeners.add(listener);
      timer ??= setInterval(tick, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    now() {
      // Nobody kept it going: what it showed last may be of any age.
      if (timer === undefined && Math.abs(Date.now() - shown) >= everyMs) shown = Date.now();
      return shown;
    },
  };
}

const clocks = new Map<number, Clock>();

function clockOf(everyMs: number): Clock {
  const known = clocks.get(everyMs);
  if (known) return known;
  const clock = startedByReaders(everyMs);
  clocks.set(everyMs, clock);
  return clock;
}

/** The present, in milliseconds, renewed at this pace: for ages and countdowns. */
export function useNow(everyMs = 1000): number {
  const { subscribe, now } = clockOf(everyMs);
  return useSyncExternalStore(subscribe, now);
}

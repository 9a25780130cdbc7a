import type { Pushed } from '../../shared/ipc/stream.ts';
import { createEventFeed } from './event-feed.ts';

/** The service sends a comment every 15 s; two missed ones and a little, and the connection is dead. */
const SILENCE_MS = 35_000;
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 10_000;

interface Timer {
  cancel(): void;
}

interface Deps {
  /** Opens one connection that resumes after this entry; rejects when there is none. */
  readonly connect: (lastEventId: number | null, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  readonly push: (item: Pushed) => void;
  readonly setTimer: (run: () => void, ms: number) => Timer;
  /** 0 to 1; spreads reconnects, so that many consoles do not come back in one instant. */
  readonly random: () => number;
}

/**
 * Keeps one event stream alive until it is closed: connects, resumes after the last entry it pushed, gives up a silent
 * connection, and waits longer after each failure. The page sees each state.
 * @param after number of the last entry the page has, -1 for all of them, null to start at the head
 */
export function subscribe(after: number | null, { connect, push, setTimer, random }: Deps) {
  const closing = new AbortController();
  let last = after;
  let failures = 0;
  let waiting = new AbortController();

  const remember = (item: Pushed): void => {
    if (item.type === 'entry') last = item.entry.number;
    else if (item.type === 'bootstrap') last = item.next - 1;
    push(item);
  };

  const once = async (): Promise<void> => {
    push({ type: 'stream', state: 'connecting', retryInMs: null });
    const connection = new AbortController();
    const signal = AbortSignal.any([closing.signal, connection.signal]);
    let watchdog = setTimer(() => connection.abort(), SILENCE_MS);
    const feed = createEventFeed({
      last: () => last,
      push: remember,
      onBootstrap: () => {
        failures = 0;
        push({ type: 'stream', state: 'live', retryInMs: null });
      },
    });
    try {
      for await (const bytes of await connect(last, signal)) {
        watchdog.cancel();
        watchdog = setTimer(() => connection.abort(), SILENCE_MS);
        feed.feed(bytes);
      }
    } finally {
      watchdog.cancel();
      connection.abort();
    }
  };

  const wait = (): Promise<void> => {
    const base = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
    const ms = Math.round(base * (0.5 + random() / 2));
    failures += 1;
    push({ type: 'stream', state: 'waiting', retryInMs: ms });
    waiting = new AbortController();
    return pause(ms, AbortSignal.any([closing.signal, waiting.signal]), setTimer);
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      // Why it ended makes no difference: refused, broken or garbled, the answer is to wait and resume.
      await once().catch(() => undefined);
      if (!closing.signal.aborted) await wait();
    }
  };
  const done = run();

  return {
    /** What it waits for has probably come: tries at once. */
    retryNow(): void {
      failures = 0;
      waiting.abort();
    },
    async close(): Promise<void> {
      closing.abort();
      await done;
    },
  };
}
export type Subscription = ReturnType<typeof subscribe>;

/** Ends after `ms`, or at once when the signal aborts; leaves no listener behind. */
function pause(ms: number, signal: AbortSignal, setTimer: Deps['setTimer']): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimer(end, ms);
    signal.addEventListener('abort', end);
  });
}

import { createParser } from 'eventsource-parser';
import { STREAM_EVENT, streamBootstrap } from '../../shared/http/ledger.ts';
import type { Pushed } from '../../shared/ipc/stream.ts';
import { ledgerEntry } from '../../shared/ledger/entry.ts';

export class FeedError extends Error {
  override readonly name = 'FeedError';
  readonly code: 'event-invalid' | 'out-of-sequence';

  constructor(code: FeedError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Characters. No entry comes near; what is longer would only fill the memory of main. */
const LARGEST_EVENT = 4 * 1024 * 1024;

interface Deps {
  /** Number of the last entry that was pushed, or null before the first. */
  readonly last: () => number | null;
  readonly push: (item: Pushed) => void;
  /** The first event of a connection has come: it is live. */
  readonly onBootstrap: () => void;
}

/**
 * Turns the bytes of one connection into what the page is pushed: the bootstrap once, then entries in sequence.
 * @throws FeedError from `feed` when an event is not what the contract says; the connection is then given up
 */
export function createEventFeed({ last, push, onBootstrap }: Deps) {
  const decoder = new TextDecoder();
  const onEvent = ({ event, data }: { event?: string | undefined; data: string }): void => {
    if (event === STREAM_EVENT.bootstrap) {
      const { head, next } = valid(streamBootstrap, data);
      onBootstrap();
      push({ type: 'bootstrap', head, next });
    } else if (event === STREAM_EVENT.entry) {
      const entry = valid(ledgerEntry, data);
      const before = last();
      // The service may send again what it cannot know has arrived.
      if (entry.number === null || (before !== null && entry.number <= before)) return;
      if (before !== null && entry.number !== before + 1)
        throw new FeedError('out-of-sequence', `entry ${entry.number} came after ${before}`);
      push({ type: 'entry', entry });
    }
  };
  const parser = createParser({
    onEvent,
    maxBufferSize: LARGEST_EVENT,
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded')
        throw new FeedError('event-invalid', 'an event of the stream does not end');
    },
  });
  return {
    feed: (bytes: Uint8Array): void => parser.feed(decoder.decode(bytes, { stream: true })),
  };
}

function valid<T>(schema: { parse(value: unknown): T }, data: string): T {
  try {
    return schema.parse(JSON.parse(data));
  } catch (cause) {
    throw new FeedError('event-invalid', 'an event of the stream is not what the contract says', cause);
  }
}

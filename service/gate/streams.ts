import type { ServerResponse } from 'node:http';
import type { RelayIo, StreamIo, StreamWriter } from './context.ts';

/** A client that reads nothing for this long has gone, or wants us to buffer for it. */
const STALLED_MS = 30_000;

/** An ended stream waits for its client to take what is buffered; one that does not read is cut off within this. */
const END_GRACE_MS = 500;

const STREAM_HEAD = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/** What a stream rests on. */
export interface StreamHolder {
  readonly tokenHash: string | null;
  /** Who opened it with a ticket. */
  readonly operatorId: string | null;
}

interface OpenStream extends StreamHolder {
  readonly controller: AbortController;
}

/**
 * Every open stream and what opened it. The invariant: a stream never outlives its token, its operator, its client or the
 * service.
 */
export class StreamRegistry {
  readonly #open = new Set<OpenStream>();

  get size(): number {
    return this.#open.size;
  }

  /** Closes the streams whose admin token is no longer in the set. */
  retainTokens(current: ReadonlySet<string>): void {
    for (const stream of this.#open)
      if (stream.tokenHash !== null && !current.has(stream.tokenHash)) stream.controller.abort();
  }

  /** The operators whose tickets opened the streams. */
  operators(): ReadonlySet<string> {
    return new Set([...this.#open].flatMap(({ operatorId }) => operatorId ?? []));
  }

  /** Closes the streams that other operators opened with a ticket. */
  retainOperators(active: ReadonlySet<string>): void {
    for (const stream of this.#open)
      if (stream.operatorId !== null && !active.has(stream.operatorId)) stream.controller.abort();
  }

  closeAll(): void {
    for (const stream of this.#open) stream.controller.abort();
  }

  /** Follows one response until it is closed. @returns the signal that says so */
  track(holder: StreamHolder, response: ServerResponse): AbortSignal {
    const stream: OpenStream = { ...holder, controller: new AbortController() };
    this.#open.add(stream);
    let gone = false;
    let cut: NodeJS.Timeout | undefined;
    response.once('close', () => {
      gone = true;
      clearTimeout(cut);
      stream.controller.abort();
    });
    stream.controller.signal.addEventListener('abort', () => {
      this.#open.delete(stream);
      if (gone || !response.headersSent) return;
      cut = setTimeout(() => response.destroy(), END_GRACE_MS);
      response.end();
    });
    return stream.controller.signal;
  }
}

function drainedOrClosed(response: ServerResponse, closed: AbortSignal): Promise<void> {
  if (closed.aborted || !response.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), STALLED_MS);
    const done = () => {
      clearTimeout(stalled);
      response.off('drain', done);
      closed.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    closed.addEventListener('abort', done, { once: true });
  });
}

/** The writing side of one stream. `open` is called at most once. */
export function streamIo(
  response: ServerResponse,
  closed: AbortSignal,
  headers: StreamIo['headers'],
  responseHeaders: Readonly<Record<string, number | string | string[] | undefined>>,
): StreamIo & RelayIo {
  const writer: StreamWriter = {
    write: (part) => (closed.aborted ? false : response.write(part)),
    drained: () => drainedOrClosed(response, closed),
  };
  return {
    headers,
    closed,
    open(own = {}) {
      const given = Object.entries(responseHeaders).filter((entry) => entry[1] !== undefined);
      response.writeHead(200, { ...Object.fromEntries(given), ...STREAM_HEAD, ...own });
      response.flushHeaders();
      return writer;
    },
  };
}

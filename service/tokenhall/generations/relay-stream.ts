import type { RelayIo, StreamWriter } from '../../gate/context.ts';
import { namedFailure } from '../upstream/client.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import type { Begun } from './begin.ts';
import type { OpenCall } from './call.ts';
import type { StreamReader } from './dialect.ts';
import { reachesHold } from './measure.ts';
import { EventSplitter, type RawEvent } from './sse.ts';

export interface Streamed {
  readonly outcome: 'completed' | 'stopped' | 'hung-up';
  readonly reader: StreamReader;
}

/** The caller's side of a stream: opened by the first event, so that what fails before it is an ordinary answer. */
export class CallerStream {
  readonly #io: RelayIo;
  readonly #headers: Readonly<Record<string, string>>;
  #writer: StreamWriter | null = null;

  constructor(io: RelayIo, headers: Readonly<Record<string, string>>) {
    this.#io = io;
    this.#headers = headers;
  }

  get opened(): boolean {
    return this.#writer !== null;
  }

  /** Resolves when the caller has room for more. */
  async write(text: string): Promise<void> {
    if (text === '') return;
    this.#writer ??= this.#io.open(this.#headers);
    if (!this.#writer.write(text)) await this.#writer.drained();
  }
}

interface Passed {
  readonly text: string;
  readonly last: boolean;
}

/** @throws UpstreamError `garbage` | `failed` */
function judge(events: readonly RawEvent[], reader: StreamReader): Passed {
  let text = '';
  for (const { raw, data } of events) {
    const verdict = data === null ? 'pass' : reader.read(data);
    if (verdict === 'garbage') throw new UpstreamError('garbage', 'the provider’s stream is not one');
    if (verdict === 'failed') throw new UpstreamError('failed', 'the provider failed in the middle');
    if (verdict === 'last') return { text, last: true };
    if (verdict === 'pass') text += raw;
  }
  return { text, last: false };
}

async function relay(
  { generation, price, bound }: Begun,
  call: OpenCall,
  closed: AbortSignal,
  out: CallerStream,
  reader: StreamReader,
): Promise<Streamed> {
  const splitter = new EventSplitter();
  for await (const chunk of call.answer.body) {
    const { text, last } = judge(splitter.push(chunk as Uint8Array), reader);
    await out.write(text);
    if (last) return { outcome: 'completed', reader };
    if (closed.aborted) return { outcome: 'hung-up', reader };
    if (reachesHold(generation.held, price, bound, reader.reported, reader.seen))
      return { outcome: 'stopped', reader };
  }
  if (!reader.finished || splitter.broken)
    throw new UpstreamError('reset', 'the provider’s stream ended in the middle');
  return { outcome: 'completed', reader };
}

/**
 * Relays a stream event by event, counting what is produced. It ends when the provider has said everything, when what was
 * produced has cost what is held, or when the caller has gone; leaving the loop closes the connection to the provider.
 * @throws UpstreamError when the provider breaks off or sends what is no stream
 */
export async function relayStream(
  begun: Begun,
  call: OpenCall,
  closed: AbortSignal,
  out: CallerStream,
  controller: AbortController,
): Promise<Streamed> {
  const reader = begun.dialect.readStream(begun.body);
  const leave = () => controller.abort();
  closed.addEventListener('abort', leave, { once: true });
  try {
    if (!/^text\/event-stream\b/i.test(call.answer.contentType)) {
      await call.answer.body.dump().catch(() => undefined);
      throw new UpstreamError('garbage', 'the provider answers no stream');
    }
    return await relay(begun, call, closed, out, reader);
  } catch (error) {
    // Our own abort looks like a failure of the provider, and is none.
    if (closed.aborted) return { outcome: 'hung-up', reader };
    throw namedFailure(error, controller.signal.aborted);
  } finally {
    closed.removeEventListener('abort', leave);
  }
}

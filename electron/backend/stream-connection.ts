import type { Agent } from 'undici';
import { routeOf } from '../../shared/http/table.ts';

/** How long the service may take to answer at all; after that the watchdog of the subscription counts. */
const HEADERS_MS = 8_000;

export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: 'down' | 'locked' | 'refused';

  constructor(code: StreamError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Deps {
  readonly agent: () => Promise<Agent | null>;
  readonly origin: () => string | null;
  readonly token: () => string | null;
}

/**
 * Opens one connection of the event stream over the admin socket, with the token in the header.
 * @returns the raw bytes of `text/event-stream`
 * @throws StreamError when there is nothing to connect to or the service refuses
 */
export const openStream =
  ({ agent, origin, token }: Deps) =>
  async (lastEventId: number | null, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> => {
    // Read together: a service that is left meanwhile is given nothing of the next one.
    const [dispatcher, base, bearer] = await Promise.all([agent(), origin(), token()]);
    if (!dispatcher || !base) throw new StreamError('down', 'the service does not serve');
    if (!bearer) throw new StreamError('locked', 'the vault is locked');
    const resume = lastEventId === null ? {} : { 'last-event-id': String(lastEventId) };
    const { request } = await import('./transport.ts');
    const answer = await request(new URL(routeOf('events.stream').path, base), {
      dispatcher,
      signal,
      headers: { authorization: `Bearer ${bearer}`, accept: 'text/event-stream', ...resume },
      headersTimeout: HEADERS_MS,
      bodyTimeout: 0,
    });
    if (answer.statusCode === 200) return answer.body;
    // To destroy what has not ended is an error of its own; unheard, it would end the console.
    answer.body.on('error', () => undefined).destroy();
    throw new StreamError('refused', `the service answered ${answer.statusCode}`);
  };

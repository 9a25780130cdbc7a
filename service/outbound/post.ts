import { request } from 'undici';
import { guardedAgent, outboundFailure } from './agent.ts';

const CONNECTIONS = 4;
/** Of an answer that nobody reads; the connection is kept when it is no longer. */
const LEFTOVER_BYTES = 16 * 1024;

export interface PostOptions {
  /** Networks in CIDR that are private and may be connected to all the same. */
  readonly privateNetworks: readonly string[];
  /** Certificates (PEM) that alone may vouch for whoever answers; null: those that Node brings. */
  readonly ca: string | null;
  /** From beginning to end. */
  readonly callMs: number;
}

export interface PostCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the call before its time. */
  readonly stop: AbortSignal;
}

/** Sends a message and says what was answered; the body of the answer is not read, no redirect followed. @throws OutboundError */
export type Post = (call: PostCall) => Promise<number>;

export function openPost({ privateNetworks, ca, callMs }: PostOptions): Post {
  const dispatcher = guardedAgent({
    ...{ privateNetworks, ca },
    connections: CONNECTIONS,
    headMs: callMs,
    idleMs: callMs,
  });
  return async ({ url, headers, body, stop }) => {
    const late = AbortSignal.timeout(callMs);
    const signal = AbortSignal.any([stop, late]);
    try {
      const answer = await request(url, { method: 'POST', dispatcher, headers, body, signal });
      // The status decides; what becomes of the rest changes nothing.
      await answer.body.dump({ limit: LEFTOVER_BYTES, signal }).catch(() => undefined);
      return answer.statusCode;
    } catch (error) {
      throw outboundFailure(error, late.aborted);
    }
  };
}

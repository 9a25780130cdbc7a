import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { type AllowsAddress, allowsAddress, guardedLookup, refusedAddress } from './addresses.ts';
import { OutboundError } from './outbound-error.ts';

const CONNECT_MS = 5_000;

/** Failures of a connection that was never made: nothing has been sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/**
 * What a failure of the transport means. The cause is left out: what drivers hang on errors may hold what was sent.
 * @param timedOut whether our own total time was over
 */
export function outboundFailure(error: unknown, timedOut: boolean): OutboundError {
  if (error instanceof OutboundError) return error;
  const code = codeOf(error);
  if (timedOut || TIMEOUTS.has(code)) return new OutboundError('timeout', 'it did not answer in time');
  if (NEVER_SENT.has(code) || /^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code))
    return new OutboundError('unreachable', 'it cannot be reached');
  return new OutboundError('reset', 'it broke off its answer');
}

/** Connects nowhere but to allowed addresses: literal ones are judged before, names by what they resolve to, sockets after. */
function guardedConnector(allows: AllowsAddress, ca: string | null): buildConnector.connector {
  const trusted = ca === null ? {} : { ca };
  const connect = buildConnector({
    ...{ lookup: guardedLookup(allows), timeout: CONNECT_MS, allowH2: false, ...trusted },
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !allows(host)) return callback(refusedAddress(), null);
    connect(options, (error, socket) => {
      if (error || !socket) return callback(error ?? refusedAddress(), null);
      if (allows(socket.remoteAddress ?? '')) return callback(null, socket);
      socket.destroy();
      callback(refusedAddress(), null);
    });
  };
}

export interface AgentOptions {
  /** Networks in CIDR that are private and may be connected to all the same. */
  readonly privateNetworks: readonly string[];
  readonly connections: number;
  /** Certificates (PEM) that alone may vouch for whoever answers; absent: those that Node brings. */
  readonly ca?: string | null;
  /** Until the head of an answer, and of silence inside its body. */
  readonly headMs: number;
  readonly idleMs: number;
}

/** The way out of the service. undici follows no redirect by itself, and nothing here asks it to. */
export const guardedAgent = (options: AgentOptions): Dispatcher =>
  new Agent({
    connect: guardedConnector(allowsAddress(options.privateNetworks), options.ca ?? null),
    connections: options.connections,
    headersTimeout: options.headMs,
    bodyTimeout: options.idleMs,
  });

/** The whole body, never more than `limit` bytes of it. @throws OutboundError `too-large` */
export async function readBounded(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new OutboundError('too-large', 'its answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

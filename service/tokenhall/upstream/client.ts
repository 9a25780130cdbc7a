import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import type { TokenhallSettings } from '../../../shared/service/tokenhall-settings.ts';
import { type AllowsAddress, allowsAddress, guardedLookup, refusedAddress } from './addresses.ts';
import { UpstreamError } from './upstream-error.ts';

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
export function namedFailure(error: unknown, timedOut: boolean): UpstreamError {
  if (error instanceof UpstreamError) return error;
  const code = codeOf(error);
  if (timedOut || TIMEOUTS.has(code))
    return new UpstreamError('timeout', 'the provider did not answer in time');
  if (NEVER_SENT.has(code) || /^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code))
    return new UpstreamError('unreachable', 'the provider cannot be reached');
  return new UpstreamError('reset', 'the provider broke off its answer');
}

/** Connects nowhere but to allowed addresses: literal ones are judged before, names by what they resolve to, sockets after. */
function guardedConnector(allows: AllowsAddress): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(allows), timeout: CONNECT_MS, allowH2: false });
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

export interface UpstreamCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Ends the call, for whatever reason. */
  readonly signal: AbortSignal;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfterSeconds: number | undefined;
  readonly body: Dispatcher.ResponseData['body'];
}

export interface UpstreamClient {
  /** One request, no redirect, no retry. @throws UpstreamError, and whatever the signal aborts with */
  send(call: UpstreamCall): Promise<UpstreamAnswer>;
  close(): Promise<void>;
}

const headerOf = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? '';

const secondsOf = (text: string): number | undefined => (/^\d{1,5}$/.test(text) ? Number(text) : undefined);

/** The only way to a provider. undici follows no redirect by itself, and nothing here asks it to. */
export function createUpstreamClient(
  settings: Pick<TokenhallSettings, 'privateNetworks' | 'connections' | 'headMs' | 'idleMs'>,
): UpstreamClient {
  const dispatcher = new Agent({
    connect: guardedConnector(allowsAddress(settings.privateNetworks)),
    connections: settings.connections,
    headersTimeout: settings.headMs,
    bodyTimeout: settings.idleMs,
  });
  return {
    async send({ url, headers, body, signal }) {
      const answer = await request(url, { method: 'POST', dispatcher, headers, body, signal });
      return {
        status: answer.statusCode,
        contentType: headerOf(answer.headers['content-type']),
        retryAfterSeconds: secondsOf(headerOf(answer.headers['retry-after'])),
        body: answer.body,
      };
    },
    close: () => dispatcher.destroy(),
  };
}

/** The whole body, never more than `limit` bytes of it. @throws UpstreamError `too-large` */
export async function readBounded(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new UpstreamError('too-large', 'the provider’s answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

import { type Dispatcher, request } from 'undici';
import type { TokenhallSettings } from '../../../shared/service/tokenhall-settings.ts';
import { guardedAgent, outboundFailure, readBounded as readOutbound } from '../../outbound/agent.ts';
import { OutboundError, type OutboundErrorCode } from '../../outbound/outbound-error.ts';
import { UpstreamError } from './upstream-error.ts';

const SENTENCES: Readonly<Record<OutboundErrorCode, string>> = {
  'address-refused': 'the provider’s name leads to an address that is not allowed',
  unreachable: 'the provider cannot be reached',
  timeout: 'the provider did not answer in time',
  reset: 'the provider broke off its answer',
  'too-large': 'the provider’s answer is too large',
};

/**
 * What a failure of the transport means. The cause is left out: what drivers hang on errors may hold what was sent.
 * @param timedOut whether our own total time was over
 */
export function namedFailure(error: unknown, timedOut: boolean): UpstreamError {
  if (error instanceof UpstreamError) return error;
  const { code } = outboundFailure(error, timedOut);
  return new UpstreamError(code, SENTENCES[code]);
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
  const dispatcher = guardedAgent(settings);
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

/** The whole body, never more than `limit` bytes of it. @throws UpstreamError `too-large`, and what the transport throws */
export const readBounded = (body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> =>
  readOutbound(body, limit).catch((error: unknown) => {
    // Whether a broken transport was our own time running out is known to the caller alone.
    throw error instanceof OutboundError ? namedFailure(error, false) : error;
  });

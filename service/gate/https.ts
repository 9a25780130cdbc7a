import type { Exchange, GateDeps } from './exchange.ts';
import { singleHeader } from './headers.ts';
import { HttpError } from './http-error.ts';

/** A path that may be repeated in a header. Everything below these prefixes is called by programs, not opened by people. */
const PAGE = /^\/(?!api(?:[/?]|$)|\.well-known\/)[\x21-\x7e]*$/i;

/** What a person may have typed into a browser: no route of ours, and nothing that carries a body. */
const isPage = ({ id, request: { raw } }: Exchange): boolean =>
  id === null && (raw.method === 'GET' || raw.method === 'HEAD') && PAGE.test(raw.url ?? '');

/**
 * Whether the request came over TLS as far as it can be known for certain. An answer that did not must not carry
 * Strict-Transport-Security (RFC 6797 section 7.2).
 * @throws HttpError `bad_request` when X-Forwarded-Proto occurs twice
 */
export function isSecure(deps: Pick<GateDeps, 'refusesPlainHttp'>, { request, reply }: Exchange): boolean {
  const forwarded = singleHeader(request.raw.rawHeaders, 'x-forwarded-proto');
  const secure = !deps.refusesPlainHttp(request.raw.socket.remoteAddress, forwarded);
  if (!secure) void reply.removeHeader('strict-transport-security');
  return secure;
}

/**
 * Plain HTTP ends here: a program is refused, because a redirect would hide that its credential has travelled in the open; a
 * person is sent to the configured origin.
 */
export function insistOnHttps({ pageOrigin }: Pick<GateDeps, 'pageOrigin'>, exchange: Exchange): never {
  if (pageOrigin !== null && isPage(exchange))
    throw new HttpError('moved_to_https', 'this page is served over HTTPS', {
      headers: { location: `${pageOrigin}${exchange.request.raw.url}` },
    });
  throw new HttpError('upgrade_required', 'this API is served over HTTPS only', {
    // RFC 9110 section 15.5.22: a 426 names the protocol; section 7.8: Upgrade is a connection option. This connection is not
    // the one to upgrade.
    headers: { upgrade: 'TLS/1.2, HTTP/1.1', connection: 'close, upgrade' },
  });
}

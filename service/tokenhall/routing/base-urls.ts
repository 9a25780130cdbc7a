import {
  PROVIDERS,
  type ProviderName,
  type TokenhallSettings,
} from '../../../shared/service/tokenhall-settings.ts';

/** What is wrong with the configuration of a provider. */
export class BaseUrlError extends Error {
  override readonly name = 'BaseUrlError';
  readonly code = 'base-url-refused';
}

function checked(name: ProviderName, text: string, allowed: ReadonlySet<string>, plainHttp: boolean): URL {
  const refuse = (why: string) => new BaseUrlError(`the base URL of ${name} ${why}`);
  if (!URL.canParse(text)) throw refuse('is not a URL');
  const url = new URL(text);
  // Credentials in a URL end up in logs; a query or fragment would be lost when a path is appended.
  if (url.username || url.password || url.search || url.hash)
    throw refuse('is a scheme, a host and a path, and nothing else');
  if (url.protocol !== 'https:' && !(plainHttp && url.protocol === 'http:'))
    throw refuse('must begin with https://; http:// exists in development only');
  if (!allowed.has(url.host)) throw refuse(`names ${url.host}, which TOKENHALL_ALLOWED_HOSTS does not`);
  return url;
}

/**
 * The base URLs of every provider, each with its host allowed by configuration.
 * @param plainHttp in development only
 * @throws BaseUrlError
 */
export function baseUrlsOf(
  { baseUrls, allowedHosts }: Pick<TokenhallSettings, 'baseUrls' | 'allowedHosts'>,
  plainHttp: boolean,
): Readonly<Record<ProviderName, URL>> {
  const allowed = new Set(allowedHosts);
  const urls = PROVIDERS.map((name) => [name, checked(name, baseUrls[name], allowed, plainHttp)] as const);
  return Object.fromEntries(urls) as Record<ProviderName, URL>;
}

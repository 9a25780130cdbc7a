import type { FoundToken } from '../rules.ts';

export const LINKSET_TYPE = 'application/linkset+json';

/** What GS1 calls the page about a product (GS1 Web Vocabulary). */
const PRODUCT_PAGE = 'https://gs1.org/voc/pip';
const DEFAULT_LINK = 'https://gs1.org/voc/defaultLink';

/**
 * A linkset (RFC 9264) in the style of GS1 Digital Link: what is to be found about the token, by kind of link.
 * @param anchor path of the token; no origin, which only a Host header could name
 */
export function linksetOf(anchor: string, { product }: Pick<FoundToken, 'product'>): string {
  const title = product.name;
  const own = { href: anchor, type: 'text/html', title };
  const context = {
    anchor,
    [DEFAULT_LINK]: [own],
    ...(product.url === undefined
      ? {}
      : { [PRODUCT_PAGE]: [{ href: product.url, type: 'text/html', title }] }),
    ...(product.gtin === undefined ? {} : { itemDescription: title }),
  };
  return JSON.stringify({ linkset: [context] });
}

/** Whether a caller asks for the linkset: by its type, or as GS1 resolvers are asked (`?linkType=linkset` or `all`). */
export const wantsLinkset = (accept: string, linkType: unknown): boolean =>
  linkType === 'linkset' || linkType === 'all' || accept.toLowerCase().includes(LINKSET_TYPE);

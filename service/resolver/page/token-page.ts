import type { FoundToken } from '../rules.ts';
import { escapeHtml, pageOf } from './html.ts';

const day = (at: Date): string => at.toISOString().slice(0, 10);

/** What a page says of a token's state; `firstScan`: this very scan activated it. */
export function stateSentence(
  { state, activation, activatedAt }: Pick<FoundToken, 'state' | 'activation' | 'activatedAt'>,
  firstScan: boolean,
): string {
  if (state === 'voided') return 'Void. The brand has withdrawn this token: do not rely on it.';
  if (firstScan) return 'Genuine. This is its first scan, and it has activated it.';
  if (state === 'active') return `Genuine. Active since ${activatedAt ? day(activatedAt) : 'it was made'}.`;
  return activation === 'first_scan'
    ? 'Genuine. Nobody has scanned it yet.'
    : 'Genuine. The brand has not activated it yet.';
}

/** The brand typed it; a link leads nowhere but to the web. */
const linkOf = (url: string | undefined): string =>
  url?.startsWith('https://')
    ? `<p><a rel="noopener noreferrer nofollow" href="${escapeHtml(url)}">${escapeHtml(new URL(url).host)}</a></p>`
    : '';

type Shown = Pick<FoundToken, 'brand' | 'serial' | 'product'>;

const factsOf = ({ brand, serial, product }: Shown): string => {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Brand', brand],
    ['Serial', serial],
    ['GTIN', product.gtin],
  ];
  const rows = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`],
  );
  return `<dl>${rows.join('')}</dl>`;
};

const productPage = (token: Shown, sentence: string): string =>
  pageOf(
    token.product.name,
    `<h1>${escapeHtml(token.product.name)}</h1><p class="state">${escapeHtml(sentence)}</p>${factsOf(token)}` +
      (token.product.description ? `<p>${escapeHtml(token.product.description)}</p>` : '') +
      linkOf(token.product.url),
  );

/** The page of a token whose code was shown. */
export const tokenPage = (token: FoundToken, firstScan: boolean): string =>
  productPage(token, stateSentence(token, firstScan));

/** The page of a product that only its GTIN and serial named, which anybody can copy from another one. */
export const serialPage = (token: Shown): string =>
  productPage(
    token,
    'A serial number proves nothing. Scan the code of the token to see whether it is genuine.',
  );

import { DocsError } from './docs-error.ts';
import { linesOf } from './markdown.ts';
import { type DocPage, LANES, readPage } from './page.ts';

/** The docs, in the order in which they are read: lane by lane, along `next`. */
export interface DocGraph {
  readonly pages: readonly DocPage[];
  readonly get: (id: string) => DocPage | undefined;
  /** The guide of a screen, then its runbooks and whatever else serves it. */
  readonly ofSurface: (surface: string) => readonly DocPage[];
}

/** Where a page is, for whoever has the console; every copy of it elsewhere names this as the original. */
export const canonicalOf = (id: string): string => `sallyport://docs/${id}`;

const loose = (page: DocPage, what: string): DocsError => new DocsError('loose-end', `${page.id}: ${what}`);

/** Links of every kind lead to pages that exist, and `previous` and `next` are each other's. */
function checkLinks(page: DocPage, get: DocGraph['get']): void {
  for (const id of page.related)
    if (id === page.id || !get(id)) throw loose(page, `related page ${id} is missing, or itself`);
  if (page.next && get(page.next)?.previous !== page.id)
    throw loose(page, `next page ${page.next} does not lead back`);
  if (page.previous && get(page.previous)?.next !== page.id)
    throw loose(page, `page before, ${page.previous}, does not lead here`);
  if (page.lane === 'screen' && page.surface.length === 0)
    throw loose(page, 'the guide of a screen names none');
  for (const span of page.blocks.flatMap(linesOf).flat())
    if (span.is === 'link' && span.to.startsWith('doc:') && !get(span.to.slice(4)))
      throw loose(page, `link to ${span.to}`);
}

/** The pages of a lane along their chain; those that stand alone follow by title. */
function inOrder(pages: readonly DocPage[], get: DocGraph['get']): DocPage[] {
  const ordered: DocPage[] = [];
  const add = (page: DocPage | undefined): void => {
    for (let at = page; at && !ordered.includes(at); at = at.next ? get(at.next) : undefined)
      ordered.push(at);
  };
  for (const lane of LANES) {
    const of = pages
      .filter((page) => page.lane === lane)
      .sort((a, b) => a.title.localeCompare(b.title, 'en'));
    for (const page of of) if (page.previous === null && page.next !== null) add(page);
    for (const page of of) add(page);
  }
  return ordered;
}

/**
 * Reads the docs whole.
 * @param files text of each page by its id
 * @throws DocsError for the first loose end
 */
export function readGraph(files: Readonly<Record<string, string>>): DocGraph {
  const byId = new Map(Object.entries(files).map(([id, text]) => [id, readPage(id, text)]));
  const get: DocGraph['get'] = (id) => byId.get(id);
  for (const page of byId.values()) checkLinks(page, get);
  const pages = inOrder([...byId.values()], get);
  const rank = (page: DocPage): number => ['screen', 'runbook', 'start', 'reference'].indexOf(page.lane);
  const ofSurface: DocGraph['ofSurface'] = (surface) =>
    pages.filter((page) => page.surface.includes(surface)).sort((a, b) => rank(a) - rank(b));
  return { pages, get, ofSurface };
}

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { APP_ORIGIN, APP_SCHEME } from '../../shared/ipc/channels.ts';
import { PAGE_HEADERS } from '../guards/csp.ts';

/** The types of what our bundler writes; another kind of file is not served. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export interface PageFile {
  readonly path: string;
  readonly mediaType: string;
}

/** `standard` gives the scheme an origin, `secure` the features that need one; fetching from it stays impossible. */
export const PRIVILEGED_SCHEME = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, codeCache: true },
} as const;

/**
 * Everything a session may be served, by URL path, listed once from the built folder: a path that is not in the list does
 * not exist, so nothing a page asks for is ever turned into a file name.
 * @param entry the one HTML file of this session; `/` is the same
 */
export function listPages(root: string, entry: string): ReadonlyMap<string, PageFile> {
  const pages = new Map<string, PageFile>();
  const visit = (folder: string, prefix: string): void => {
    for (const item of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, item.name);
      const mediaType = MEDIA_TYPES[extname(item.name)];
      if (item.isDirectory()) visit(path, `${prefix}${item.name}/`);
      else if (item.isFile() && mediaType && (extname(item.name) !== '.html' || item.name === entry))
        pages.set(`${prefix}${item.name}`, { path, mediaType });
    }
  };
  if (existsSync(root)) visit(root, '/');
  const start = pages.get(`/${entry}`);
  if (start) pages.set('/', start);
  return pages;
}

/** Answers the `app:` scheme of one session. */
export const servePages =
  (pages: ReadonlyMap<string, PageFile>) =>
  async (request: Pick<Request, 'url' | 'method'>): Promise<Response> => {
    const refuse = (status: number) => new Response(null, { status, headers: PAGE_HEADERS });
    if (request.method !== 'GET') return refuse(405);
    const { protocol, host, pathname } = new URL(request.url);
    const page = `${protocol}//${host}` === APP_ORIGIN ? pages.get(pathname) : undefined;
    if (!page) return refuse(404);
    const headers = { ...PAGE_HEADERS, 'content-type': page.mediaType };
    return new Response(new Uint8Array(await readFile(page.path)), { status: 200, headers });
  };

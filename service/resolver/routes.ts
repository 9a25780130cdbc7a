import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PAGE_HEADERS } from './page/html.ts';
import { LINKSET_TYPE, linksetOf, wantsLinkset } from './page/linkset.ts';
import { serialPage, tokenPage } from './page/token-page.ts';
import type { FoundToken } from './rules.ts';
import { gtin14 } from './scan/gtin.ts';
import type { Asking, Visitor } from './scan/visitor.ts';
import { type ScanDeps, scanCode } from './scan-code.ts';
import { sendNotice } from './server.ts';

export interface RouteDeps extends ScanDeps {
  judge(asking: Asking): Visitor;
  findSerial(gtin: string, serial: string): Promise<FoundToken | null>;
}

const LINKSET_HEADERS = { 'content-type': LINKSET_TYPE } as const;

interface Query {
  readonly linkType?: unknown;
}

/** The path without its query; it holds no more than its caller sent. */
const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;

const asksForLinks = (request: FastifyRequest<{ Querystring: Query }>): boolean =>
  wantsLinkset(request.headers.accept ?? '', request.query.linkType);

/** The same for what was never made, mistyped, or somebody's else: a page that helps nobody to guess. */
const notFound = (reply: FastifyReply): FastifyReply =>
  sendNotice(
    reply,
    404,
    'Unknown code',
    'No token has this code. If it was typed by hand, compare it again.',
  );

/**
 * What strangers can read: the page of a code, and the page of a product that its GTIN and serial name. Only a code is ever
 * counted or activated, because a serial can be copied from a neighbour's or counted up.
 */
export function mountScans(app: FastifyInstance, deps: RouteDeps): void {
  app.route<{ Params: { code: string }; Querystring: Query }>({
    method: ['GET', 'HEAD'],
    url: '/s/:code',
    handler: async (request, reply) => {
      // A program that reads links is no person who scans.
      const links = asksForLinks(request);
      const visitor: Visitor = links ? { type: 'preview' } : deps.judge(request);
      const scanned = await scanCode(deps, request.params.code, visitor, request.scanner);
      if (!scanned) return notFound(reply);
      void reply.code(scanned.token.state === 'voided' ? 410 : 200);
      if (links) return reply.headers(LINKSET_HEADERS).send(linksetOf(pathOf(request.url), scanned.token));
      return reply.headers(PAGE_HEADERS).send(tokenPage(scanned.token, scanned.firstScan));
    },
  });
  app.route<{ Params: { gtin: string; serial: string }; Querystring: Query }>({
    method: ['GET', 'HEAD'],
    url: '/01/:gtin/21/:serial',
    handler: async (request, reply) => {
      const gtin = gtin14(request.params.gtin);
      const token = gtin && (await deps.findSerial(gtin, request.params.serial));
      if (!token) return notFound(reply);
      if (asksForLinks(request))
        return reply.headers(LINKSET_HEADERS).send(linksetOf(pathOf(request.url), token));
      return reply.headers(PAGE_HEADERS).send(serialPage(token));
    },
  });
}

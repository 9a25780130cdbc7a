import type { Agent } from 'undici';
import { EXPORT_TOTAL_HEADER, exportQuery } from '../../shared/http/ledger.ts';
import { type RouteId, routeOf } from '../../shared/http/table.ts';
import type { LedgerExport, ReportExport } from '../../shared/ipc/evidence.ts';
import { Refusal } from '../ipc/refusal.ts';

/** Long enough for the service to count the rows, and to plan a bundle. */
const HEADERS_MS = 30_000;
/** A service that says nothing for so long in the middle of a file does not go on. */
const SILENCE_MS = 60_000;

interface Deps {
  readonly agent: () => Promise<Agent | null>;
  readonly origin: () => string | null;
  readonly token: () => string | null;
}

type WantedLedger = LedgerExport & { readonly range?: { readonly first: number; readonly end: number } };

/** What main itself exports may name numbers, which no page does. */
export type WantedExport = WantedLedger | ReportExport;

export interface OpenedExport {
  readonly body: AsyncIterable<Uint8Array>;
  readonly total: number | null;
}

/** Path and query of what is asked for. @throws Refusal `invalid-payload` */
function targetOf(asked: WantedExport, base: string): URL {
  const [path, query] = 'report' in asked ? reportTarget(asked) : ledgerTarget(asked);
  const target = new URL(path, base);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) target.searchParams.set(name, value);
  return target;
}

type Target = readonly [path: string, query: Readonly<Record<string, string | undefined>>];

function ledgerTarget({ format, withhold, filter, range }: WantedLedger): Target {
  const query = exportQuery.safeParse({ format, withhold, ...filter, ...range });
  if (!query.success) throw new Refusal('invalid-payload', 'These filters cannot be exported.');
  const named = Object.entries(query.data).map(([name, value]) => [name, value?.toString()] as const);
  return [routeOf('ledger.export').path, Object.fromEntries(named)];
}

function reportTarget(asked: ReportExport): Target {
  if (asked.report === 'asvs') return [routeOf('reports.asvs').path, { format: asked.format }];
  const pathOf = (route: RouteId) => routeOf(route).path.replace(':id', encodeURIComponent(asked.incidentId));
  return asked.report === 'incident'
    ? [pathOf('reports.incident'), { format: asked.format, zone: asked.zone }]
    : [pathOf('reports.incidentEvidence'), {}];
}

/** Opens the export over the admin socket. @throws Refusal */
export const openExport =
  ({ agent, origin, token }: Deps) =>
  async (asked: WantedExport, signal: AbortSignal): Promise<OpenedExport> => {
    // Read together: a service that is left meanwhile is given nothing of the next one.
    const [dispatcher, base, bearer] = await Promise.all([agent(), origin(), token()]);
    if (!dispatcher || !base)
      throw new Refusal('service-down', 'The service does not serve. Export again when it does.');
    if (!bearer) throw new Refusal('locked', 'The vault is locked. Unlock it and try again.');
    const target = targetOf(asked, base);
    const { request } = await import('./transport.ts');
    const answer = await request(target, {
      ...{ dispatcher, signal, headersTimeout: HEADERS_MS, bodyTimeout: SILENCE_MS },
      headers: { authorization: `Bearer ${bearer}` },
    });
    if (answer.statusCode === 200) return { body: answer.body, total: totalIn(answer.headers) };
    // To destroy what has not ended is an error of its own; unheard, it would end the console.
    answer.body.on('error', () => undefined).destroy();
    throw new Refusal('request-failed', `The service refused the export (${answer.statusCode}).`);
  };

function totalIn(headers: Readonly<Record<string, unknown>>): number | null {
  const said = headers[EXPORT_TOTAL_HEADER];
  return typeof said === 'string' && /^\d{1,15}$/.test(said) ? Number(said) : null;
}

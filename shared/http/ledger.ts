import { z } from 'zod';
import { ledgerEntry, ledgerHead } from '../ledger/entry.ts';
import { EVENT_CATEGORIES } from '../ledger/event-definition.ts';
import { EVENT_KINDS, type EventKind } from '../ledger/events.ts';
import { defineRoutes } from './route.ts';

export const ledgerQuery = z.object({
  /** 1 to 500; above is refused with 400. */
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
  category: z.enum(EVENT_CATEGORIES).optional(),
  kind: z.enum(EVENT_KINDS as [EventKind, ...EventKind[]]).optional(),
  actor: z.string().max(100).optional(),
  agent: z.string().max(100).optional(),
  requestId: z.string().max(100).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  /** Free text, matched against kind, actor, request id and data. */
  text: z.string().max(200).optional(),
});

/** What is exported is what `ledger.list` pages through with the same filters. */
export const exportQuery = ledgerQuery.omit({ limit: true, cursor: true }).extend({
  /** `ocsf`: each entry as an event of the Open Cybersecurity Schema Framework, for a SIEM. */
  format: z.enum(['csv', 'jsonl', 'ocsf', 'bundle']),
  /** `redactable`: without the fields that their kinds allow to withhold. */
  withhold: z.enum(['nothing', 'redactable']).default('nothing'),
  /** Of a bundle without filters: the tiles that these numbers [first, end) touch. */
  first: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
  end: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
});
export type ExportQuery = z.infer<typeof exportQuery>;

/** Says how many rows follow, where counting them does not take longer than sending them. */
export const EXPORT_TOTAL_HEADER = 'x-sallyport-total';

export const ledgerPage = z.object({
  /** Newest first; entries that still wait for their number come before all numbered ones. */
  entries: z.array(ledgerEntry),
  nextCursor: z.string().nullable(),
  head: ledgerHead,
});
export type LedgerPage = z.infer<typeof ledgerPage>;

/** First event of every stream; the stream then carries every entry from `next` on. */
export const streamBootstrap = z.object({
  head: ledgerHead,
  /** Number of the first entry that follows. */
  next: z.number().int().nonnegative(),
  at: z.iso.datetime(),
});
export type StreamBootstrap = z.infer<typeof streamBootstrap>;

/** Names of the server-sent events. Each `entry` has its number as the event id. */
export const STREAM_EVENT = { bootstrap: 'bootstrap', entry: 'entry' } as const;

export const ledgerRoutes = defineRoutes({
  'ledger.list': {
    method: 'GET',
    path: '/api/logs/ledger',
    summary: 'Ledger entries, newest first, by a stable cursor',
    plane: 'admin',
    query: ledgerQuery,
    answers: { 200: ledgerPage },
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
  },
  'ledger.export': {
    method: 'GET',
    path: '/api/logs/ledger/export',
    summary:
      'The same rows as ledger.list as CSV, JSON Lines or OCSF events, or as a bundle that proves them',
    plane: 'admin',
    query: exportQuery,
    answers: {},
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
    stream: true,
    download: true,
  },
  'ledger.deepVerify': {
    method: 'GET',
    path: '/api/logs/ledger/verify',
    summary: 'Verify the stored log and every state that follows from it; findings and progress as events',
    plane: 'admin',
    answers: {},
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
    stream: true,
  },
  'events.stream': {
    method: 'GET',
    path: '/api/events/stream',
    summary: 'Integrated entries as server-sent events; resumes after Last-Event-ID',
    plane: 'admin',
    query: z.object({
      token: z.string().max(200).optional(),
      /** Of `events.ticket`: opens one stream within 30 seconds. */
      ticket: z.string().max(200).optional(),
      /** What `Last-Event-ID` says, for a browser that opens another stream with another ticket and can set no header. */
      after: z.string().max(20).optional(),
    }),
    answers: {},
    policy: { bearer: 'admin', signed: 'no' },
    effect: 'read',
    events: [],
    stream: true,
  },
});

import { z } from 'zod';
import { ledgerEntry } from '../ledger/entry.ts';
import { EVENT_CATEGORIES } from '../ledger/event-definition.ts';
import { ledgerQuery } from './ledger.ts';
import { defineRoutes } from './route.ts';

const filters = ledgerQuery.omit({ limit: true, cursor: true });
const number = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const count = z.number().int().nonnegative();

export const MOST_BUCKETS = 200;

export const histogramQuery = filters.extend({
  /** At most so many; their width is a round one. */
  buckets: z.coerce.number().int().min(1).max(MOST_BUCKETS).default(60),
});

export const ledgerHistogram = z.object({
  /** Entries that are numbered and match. */
  total: count,
  widthSeconds: count,
  /** Without a gap, oldest first; each reaches from `at` to `widthSeconds` later. None where nothing matches. */
  buckets: z.array(z.object({ at: z.iso.datetime(), count })),
});
export type LedgerHistogram = z.infer<typeof ledgerHistogram>;

export const facetsQuery = filters.extend({
  /** How many values a facet names, the most frequent first. */
  top: z.coerce.number().int().min(1).max(50).default(8),
});

const facet = z.array(z.object({ value: z.string(), name: z.string().nullable(), count }));
export const ledgerFacets = z.object({
  total: count,
  category: z.array(z.object({ value: z.enum(EVENT_CATEGORIES), name: z.null(), count })),
  kind: facet,
  /** By id; the name is the one that an entry of theirs says. */
  actor: facet,
  agent: facet,
});
export type LedgerFacets = z.infer<typeof ledgerFacets>;

export const REPLAY_DOMAINS = ['wallets', 'holds', 'keys', 'operators'] as const;
export type ReplayDomain = (typeof REPLAY_DOMAINS)[number];

const replayed = {
  domain: z.enum(REPLAY_DOMAINS),
  /** One wallet, hold, key or operator by its address or id. */
  subject: z.string().min(1).max(100).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};

const toldState = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
export type ToldFields = z.infer<typeof toldState>;

const moment = z.object({ number: count, at: z.iso.datetime() });
export const ledgerAsOf = z.object({
  moment,
  /** How many wallets, holds, keys or operators the log tells of until then; `rows` has those that it told of last. */
  total: count,
  rows: z.array(z.object({ subject: z.string(), number: count, state: toldState })),
});
export type LedgerAsOf = z.infer<typeof ledgerAsOf>;

export const ledgerDifference = z.object({
  from: moment,
  to: moment,
  total: count,
  rows: z.array(
    z.object({
      subject: z.string(),
      /** The entry that changed it last. */
      number: count,
      /** Null: the log had not told of it yet. */
      before: toldState.nullable(),
      after: toldState,
      fields: z.array(z.string()),
    }),
  ),
});
export type LedgerDifference = z.infer<typeof ledgerDifference>;

const read = { method: 'GET', plane: 'admin', effect: 'read', events: [] } as const;
const policy = { bearer: 'admin', signed: 'no' } as const;

/** Overviews of the log, and what it tells of the past. Numbered entries only. */
export const ledgerExploreRoutes = defineRoutes({
  'ledger.histogram': {
    ...read,
    path: '/api/logs/ledger/histogram',
    summary: 'How many entries match the filters of ledger.list, by time',
    query: histogramQuery,
    answers: { 200: ledgerHistogram },
    policy,
  },
  'ledger.facets': {
    ...read,
    path: '/api/logs/ledger/facets',
    summary: 'How many entries match the filters of ledger.list, by category, kind, actor and agent',
    query: facetsQuery,
    answers: { 200: ledgerFacets },
    policy,
  },
  'ledger.entry': {
    ...read,
    path: '/api/logs/ledger/entries/:number',
    summary: 'The entry of this number',
    params: z.object({ number }),
    answers: { 200: ledgerEntry },
    policy,
  },
  'ledger.asOf': {
    ...read,
    path: '/api/logs/ledger/as-of',
    summary: 'Wallets, holds, keys or operators as the log tells them up to an entry, this one included',
    query: z.object({ number, ...replayed }),
    answers: { 200: ledgerAsOf },
    policy,
  },
  'ledger.difference': {
    ...read,
    path: '/api/logs/ledger/difference',
    summary: 'Which wallets, holds, keys or operators the entries after one number, up to another, changed',
    query: z.object({ from: number, to: number, ...replayed }),
    answers: { 200: ledgerDifference },
    policy,
  },
});

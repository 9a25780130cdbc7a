import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from 'kysely';
import type { LedgerPage } from '../../shared/http/ledger.ts';
import type { LedgerEntry, LedgerHead } from '../../shared/ledger/entry.ts';
import type { EventCategory } from '../../shared/ledger/event-definition.ts';
import { EVENT_KINDS, EVENTS, type EventKind } from '../../shared/ledger/events.ts';
import { type Database, type Tx, transact } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import { CONTENT_COLUMNS, entryOf } from './entry-row.ts';
import { readAuthentic, type SealedRow } from './mac.ts';

export interface LedgerFilter {
  readonly category?: EventCategory | undefined;
  readonly kind?: EventKind | undefined;
  /** Id or name of the actor. */
  readonly actor?: string | undefined;
  readonly agent?: string | undefined;
  readonly requestId?: string | undefined;
  /** From this moment on, and before that one. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly text?: string | undefined;
}

type Builder = ExpressionBuilder<Schema, 'ledger_staged'> | ExpressionBuilder<Schema, 'ledger_entries'>;

/** Attacker-controlled text is looked for as it is: the wildcards of LIKE lose their meaning. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, (wildcard) => `\\${wildcard}`)}%`;

const kindsOf = (category: EventCategory): EventKind[] =>
  EVENT_KINDS.filter((kind) => EVENTS[kind].category === category);

/** The conditions of a query, alike for staged and numbered entries. */
export function matching(filter: LedgerFilter) {
  return (builder: Builder): ExpressionWrapper<Schema, never, SqlBool> => {
    const eb = builder as ExpressionBuilder<Schema, 'ledger_entries'>;
    const conditions = [
      filter.category && eb('kind', 'in', kindsOf(filter.category)),
      filter.kind && eb('kind', '=', filter.kind),
      filter.actor && eb.or([eb('actor_id', '=', filter.actor), eb('actor_name', '=', filter.actor)]),
      filter.agent && eb('agent', '=', filter.agent),
      filter.requestId && eb('request_id', '=', filter.requestId),
      filter.from && eb('at', '>=', new Date(filter.from)),
      filter.to && eb('at', '<', new Date(filter.to)),
      filter.text &&
        sql<SqlBool>`concat_ws(' ', kind, actor_id, actor_name, request_id, data) ILIKE ${containing(filter.text)}`,
    ].filter((condition) => condition !== undefined && condition !== '');
    return eb.and(conditions) as unknown as ExpressionWrapper<Schema, never, SqlBool>;
  };
}

export interface PageQuery extends LedgerFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface LedgerStore {
  head(): Promise<LedgerHead>;
  /** @throws LedgerError `cursor-invalid` */
  page(query: PageQuery): Promise<LedgerPage>;
  /** Integrated entries from this number on, ascending. */
  readFrom(number: number, limit: number): Promise<LedgerEntry[]>;
}

interface FoundRow extends SealedRow {
  readonly number: string | null;
  readonly leaf_hash: Buffer | null;
}

const FOUND_COLUMNS = [...CONTENT_COLUMNS, 'leaf', 'mac'] as const;

const found = (row: FoundRow): LedgerEntry =>
  entryOf(
    row,
    row.number === null || row.leaf_hash === null
      ? null
      : { number: Number(row.number), leafHash: row.leaf_hash },
  );

async function readHead(db: Pick<Tx, 'selectFrom'>): Promise<LedgerHead> {
  const row = await db.selectFrom('ledger_head').select(['size', 'root', 'epoch']).executeTakeFirstOrThrow();
  return { size: Number(row.size), root: row.root.toString('hex'), epoch: Number(row.epoch) };
}

interface Waiting {
  readonly ceiling: number;
  /** `null` on the first page. */
  readonly after: { readonly at: string; readonly id: string } | null;
}

/** Entries that had no number when the first page was read, by time and id, newest first. */
async function readWaiting(tx: Tx, filter: LedgerFilter, place: Waiting, limit: number): Promise<FoundRow[]> {
  const { after, ceiling } = place;
  const older = after ? sql<boolean>`(at, id) < (${after.at}::timestamptz, ${after.id})` : sql<boolean>`true`;
  const staged = tx
    .selectFrom('ledger_staged')
    .select([...FOUND_COLUMNS, sql<string | null>`NULL::bigint`.as('number')])
    .select(sql<Buffer | null>`NULL::bytea`.as('leaf_hash'))
    .where(matching(filter))
    .where(older);
  const numbered = tx
    .selectFrom('ledger_entries')
    .select([...FOUND_COLUMNS, sql<string | null>`number`.as('number')])
    .select(sql<Buffer | null>`leaf_hash`.as('leaf_hash'))
    .where('number', '>=', String(ceiling))
    .where(matching(filter))
    .where(older);
  return tx
    .selectFrom((after ? staged.unionAll(numbered) : staged).as('waiting'))
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

const readNumbered = (tx: Tx, filter: LedgerFilter, below: number, limit: number): Promise<FoundRow[]> =>
  tx
    .selectFrom('ledger_entries')
    .select([...FOUND_COLUMNS, 'number', 'leaf_hash'])
    .where('number', '<', String(below))
    .where(matching(filter))
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();

const waitingAt = (cursor: Cursor | null, size: number): Waiting | null => {
  if (cursor === null) return { ceiling: size, after: null };
  return 'below' in cursor ? null : { ceiling: cursor.ceiling, after: cursor };
};

async function readPage(tx: Tx, macKey: Uint8Array, query: PageQuery): Promise<LedgerPage> {
  const { limit, cursor, ...filter } = query;
  const head = await readHead(tx);
  const place = cursor === undefined ? null : decodeCursor(cursor);
  const waiting = waitingAt(place, head.size);
  const first = waiting ? await readWaiting(tx, filter, waiting, limit + 1) : [];
  const below = waiting?.ceiling ?? (place && 'below' in place ? place.below : 0);
  const rest = first.length > limit ? [] : await readNumbered(tx, filter, below, limit + 1 - first.length);
  const shown = [...first, ...rest].slice(0, limit);
  const last = first.length + rest.length > limit ? shown.at(-1) : undefined;
  const lastIsWaiting = waiting !== null && shown.length <= first.length;
  const nextCursor = last ? encodeCursor(placeOf(last, lastIsWaiting ? waiting : null)) : null;
  return { entries: shown.filter(isGenuine(macKey)).map(found), nextCursor, head };
}

const placeOf = (last: FoundRow, waiting: Waiting | null): Cursor =>
  waiting
    ? { at: last.at.toISOString(), id: last.id, ceiling: waiting.ceiling }
    : { below: Number(last.number) };

/** A staged row that the api did not write is not shown while it waits for the integrator's quarantine. */
const isGenuine =
  (macKey: Uint8Array) =>
  (row: FoundRow): boolean =>
    row.number !== null || readAuthentic(row, macKey) !== undefined;

/** @param macKey key of the staging MAC */
export function createLedgerStore(db: Pick<Database, 'kysely'>, macKey: Uint8Array): LedgerStore {
  return {
    head: () => readHead(db.kysely),
    // One snapshot for head, waiting and numbered entries: nothing moves between them while they are read.
    page: (query) =>
      transact(db, (tx) => readPage(tx, macKey, query), { isolation: 'repeatable read', readOnly: true }),
    readFrom: async (number, limit) => {
      const rows = await db.kysely
        .selectFrom('ledger_entries')
        .select([...FOUND_COLUMNS, 'number', 'leaf_hash'])
        .where('number', '>=', String(number))
        .orderBy('number')
        .limit(limit)
        .execute();
      return rows.map(found);
    },
  };
}

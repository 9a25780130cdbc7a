import { sql } from 'kysely';
import type { HoldState } from '../../shared/http/treasury.ts';
import { type Database, transact } from '../db/database.ts';
import type { HoldRow, PostingRow, WalletRow } from './rules.ts';
import type { Reader } from './store.ts';

export const WALLET = [
  ...(['address', 'account_id', 'agent_id', 'posted', 'held', 'created_at'] as const),
  ...(['freeze_id', 'frozen_at', 'frozen_by', 'freeze_reason'] as const),
] as const;
const HOLD = [
  ...(['id', 'wallet', 'units', 'purpose', 'reference', 'state'] as const),
  ...(['opened_at', 'expires_at', 'ended_at', 'posted_units', 'reason'] as const),
] as const;

/** More agents than a person looks after; the list is not paged. */
const OWN_WALLETS = 501;

export const readWallet = (db: Reader, address: string): Promise<WalletRow | undefined> =>
  db.selectFrom('wallets').select(WALLET).where('address', '=', address).executeTakeFirst();

/** The wallets of an account and of its agents, or the one of them that is asked for. */
export function walletsOfAccount(db: Reader, accountId: string, only?: string): Promise<WalletRow[]> {
  let rows = db
    .selectFrom('wallets')
    .select(WALLET)
    .where((eb) =>
      eb.or([
        eb('account_id', '=', accountId),
        eb('agent_id', 'in', eb.selectFrom('agents').select('id').where('owner_id', '=', accountId)),
      ]),
    );
  if (only !== undefined) rows = rows.where('address', '=', only);
  return rows.orderBy('address', 'desc').limit(OWN_WALLETS).execute();
}

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export function listWallets(
  db: Reader,
  {
    limit,
    cursor,
    ...only
  }: Page & {
    readonly kind?: 'account' | 'agent' | 'system' | undefined;
    readonly wallet?: string | undefined;
    readonly frozen?: 'only' | undefined;
  },
): Promise<WalletRow[]> {
  let rows = db.selectFrom('wallets').select(WALLET);
  if (only.wallet !== undefined) rows = rows.where('address', '=', only.wallet);
  if (only.frozen !== undefined) rows = rows.where('freeze_id', 'is not', null);
  if (only.kind === 'account') rows = rows.where('account_id', 'is not', null);
  if (only.kind === 'agent') rows = rows.where('agent_id', 'is not', null);
  if (only.kind === 'system') rows = rows.where('account_id', 'is', null).where('agent_id', 'is', null);
  if (cursor !== undefined) rows = rows.where('address', '<', cursor);
  return rows.orderBy('address', 'desc').limit(limit).execute();
}

export function listHolds(
  db: Reader,
  query: Page & { readonly state?: HoldState | undefined; readonly wallet?: string | undefined },
): Promise<HoldRow[]> {
  let rows = db.selectFrom('holds').select(HOLD);
  if (query.state !== undefined) rows = rows.where('state', '=', query.state);
  if (query.wallet !== undefined) rows = rows.where('wallet', '=', query.wallet);
  if (query.cursor !== undefined) rows = rows.where('id', '<', query.cursor);
  return rows.orderBy('id', 'desc').limit(query.limit).execute();
}

/** Postings newest first; their numbers are unique, so a page begins exactly where the former one ended. */
export function listPostings(
  db: Reader,
  query: Page & { readonly wallet?: string | undefined },
): Promise<PostingRow[]> {
  let rows = db
    .selectFrom('postings as p')
    .innerJoin('transfers as t', 't.id', 'p.transfer_id')
    .select(['p.number', 'p.wallet', 'p.units', 't.id', 't.kind', 't.memo', 't.at'])
    .select(['t.from_wallet', 't.to_wallet']);
  if (query.wallet !== undefined) rows = rows.where('p.wallet', '=', query.wallet);
  if (query.cursor !== undefined) rows = rows.where('p.number', '<', query.cursor);
  return rows.orderBy('p.number', 'desc').limit(query.limit).execute();
}

export interface BooksRow {
  readonly sum: string;
  readonly issuance: string;
  readonly platform_loss: string;
  readonly revenue: string;
  readonly owned: string;
  readonly held: string;
  readonly wallets: string;
  readonly postings: string;
  readonly pending_holds: string;
}

export interface DisagreementRow {
  readonly address: string;
  readonly posted: string;
  readonly posted_by_entries: string;
  readonly held: string;
  readonly held_by_entries: string;
}

const totals = sql<BooksRow>`
  SELECT sum(posted)::text AS sum,
    coalesce(sum(posted) FILTER (WHERE address = 'issuance'), 0)::text AS issuance,
    coalesce(sum(posted) FILTER (WHERE address = 'platform-loss'), 0)::text AS platform_loss,
    coalesce(sum(posted) FILTER (WHERE address = 'revenue'), 0)::text AS revenue,
    coalesce(sum(posted) FILTER (WHERE coalesce(account_id, agent_id) IS NOT NULL), 0)::text AS owned,
    sum(held)::text AS held,
    count(*)::text AS wallets,
    (SELECT count(*) FROM postings)::text AS postings,
    (SELECT count(*) FROM holds WHERE state = 'pending')::text AS pending_holds
  FROM wallets`;

/** Wallets whose balance is not the sum of their entries: the first twenty. */
const disagreeing = sql<DisagreementRow>`
  SELECT w.address, w.posted::text AS posted, coalesce(p.units, 0)::text AS posted_by_entries,
    w.held::text AS held, coalesce(h.units, 0)::text AS held_by_entries
  FROM wallets w
  LEFT JOIN (SELECT wallet, sum(units) AS units FROM postings GROUP BY wallet) p ON p.wallet = w.address
  LEFT JOIN (SELECT wallet, sum(units) AS units FROM holds WHERE state = 'pending' GROUP BY wallet) h
    ON h.wallet = w.address
  WHERE w.posted <> coalesce(p.units, 0) OR w.held <> coalesce(h.units, 0)
  ORDER BY w.address DESC LIMIT 20`;

/** All figures of one snapshot: money on its way between two statements would look lost. */
export const readBooks = (db: Pick<Database, 'kysely'>) =>
  transact(
    db,
    async (tx) => {
      const [books] = (await totals.execute(tx)).rows;
      if (!books) throw new Error('the books have no wallets');
      return { books, disagreements: (await disagreeing.execute(tx)).rows };
    },
    { isolation: 'repeatable read', readOnly: true },
  );

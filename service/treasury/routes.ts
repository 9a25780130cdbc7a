import { addressOf } from '../../shared/money/wallets.ts';
import type { Database } from '../db/database.ts';
import type { Handlers } from '../gate/context.ts';
import { HttpError } from '../gate/http-error.ts';
import type { Commit, Mutate } from '../identity/mutation.ts';
import { checkConservation } from './conservation.ts';
import { consoleHandlers } from './console.ts';
import { listHolds, listPostings, listWallets, readWallet, walletsOfAccount } from './reads.store.ts';
import { toHold, toOwnWallet, toPosting, toWallet } from './rules.ts';
import { createTransfer } from './transfers.ts';
import { walletFreezeHandlers } from './wallet-freeze.ts';

export interface TreasuryHandlerDeps {
  readonly db: Pick<Database, 'kysely'>;
  readonly commit: Commit;
  readonly mutate: Mutate;
}

type TreasuryHandlers = Pick<
  Handlers,
  Extract<keyof Handlers, `treasury.${string}` | `wallets.${string}` | `transfers.${string}`>
>;

/** A page, and the cursor of the next one when there is more: the caller read one row too many to know. */
function paged<Row, Shown>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Shown,
  placeOf: (row: Row) => string,
): { readonly shown: Shown[]; readonly nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { shown: page.map(show), nextCursor: rows.length > limit && last ? placeOf(last) : null };
}

async function postingsPage(
  db: Pick<Database, 'kysely'>,
  query: {
    readonly limit: number;
    readonly cursor?: string | undefined;
    readonly wallet?: string | undefined;
  },
) {
  if (query.cursor !== undefined && !/^\d{1,18}$/.test(query.cursor))
    throw new HttpError('bad_request', 'this cursor is none of ours');
  const rows = await listPostings(db.kysely, { ...query, limit: query.limit + 1 });
  const { shown: postings, nextCursor } = paged(rows, query.limit, toPosting, (row) => row.number);
  return { status: 200, body: { postings, nextCursor } } as const;
}

const mine =
  ({ db }: TreasuryHandlerDeps): TreasuryHandlers['wallets.mine'] =>
  async (_input, { principal }) => {
    if (principal.type !== 'account') throw new HttpError('unauthorized', 'another credential is needed');
    const rows = await walletsOfAccount(db.kysely, principal.id);
    return { status: 200, body: { wallets: rows.map(toOwnWallet) } };
  };

const minePostings =
  ({ db }: TreasuryHandlerDeps): TreasuryHandlers['wallets.postings'] =>
  async ({ params: { address }, query }, { principal }) => {
    if (principal.type !== 'account') throw new HttpError('unauthorized', 'another credential is needed');
    const own = await walletsOfAccount(db.kysely, principal.id, address);
    if (own.length === 0) throw new HttpError('forbidden', 'this wallet is not yours');
    return postingsPage(db, { ...query, wallet: address });
  };

const ofAgent =
  ({ db }: TreasuryHandlerDeps): TreasuryHandlers['wallets.agent'] =>
  async (_input, { agent }) => {
    const row =
      agent === null ? undefined : await readWallet(db.kysely, addressOf({ type: 'agent', id: agent }));
    if (!row) throw new HttpError('unauthorized', 'this agent is gone');
    return { status: 200, body: { wallet: toOwnWallet(row) } };
  };

const wallets =
  ({ db }: TreasuryHandlerDeps): TreasuryHandlers['treasury.wallets'] =>
  async ({ query }) => {
    const rows = await listWallets(db.kysely, { ...query, limit: query.limit + 1 });
    const { shown, nextCursor } = paged(rows, query.limit, toWallet, (row) => row.address);
    return { status: 200, body: { wallets: shown, nextCursor } };
  };

const holds =
  ({ db }: TreasuryHandlerDeps): TreasuryHandlers['treasury.holds'] =>
  async ({ query }) => {
    const rows = await listHolds(db.kysely, { ...query, limit: query.limit + 1 });
    const { shown, nextCursor } = paged(rows, query.limit, toHold, (row) => row.id);
    return { status: 200, body: { holds: shown, nextCursor } };
  };

export const treasuryHandlers = (deps: TreasuryHandlerDeps): TreasuryHandlers => ({
  'transfers.create': createTransfer(deps),
  'wallets.mine': mine(deps),
  'wallets.postings': minePostings(deps),
  'wallets.agent': ofAgent(deps),
  'treasury.wallets': wallets(deps),
  'treasury.holds': holds(deps),
  'treasury.postings': ({ query }) => postingsPage(deps.db, query),
  'treasury.conservation': async (_input, ctx) => ({
    status: 200,
    body: await checkConservation(deps.db, ctx.now()),
  }),
  ...consoleHandlers(deps),
  ...walletFreezeHandlers(deps),
});

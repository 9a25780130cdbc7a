import type { Conservation } from '../../shared/http/treasury.ts';
import { formatUnits } from '../../shared/money/units.ts';
import type { Database } from '../db/database.ts';
import { type BooksRow, type DisagreementRow, readBooks } from './reads.store.ts';

const shown = (units: string): string => formatUnits(BigInt(units));

const toDisagreement = (row: DisagreementRow): Conservation['disagreements'][number] => ({
  address: row.address,
  posted: shown(row.posted),
  postedByEntries: shown(row.posted_by_entries),
  held: shown(row.held),
  heldByEntries: shown(row.held_by_entries),
});

/** @param books every figure of one and the same snapshot */
export function judge(books: BooksRow, disagreements: readonly DisagreementRow[], at: Date): Conservation {
  return {
    at: at.toISOString(),
    holds: BigInt(books.sum) === 0n && disagreements.length === 0,
    sum: shown(books.sum),
    issuance: shown(books.issuance),
    platformLoss: shown(books.platform_loss),
    revenue: shown(books.revenue),
    owned: shown(books.owned),
    held: shown(books.held),
    wallets: Number(books.wallets),
    postings: Number(books.postings),
    pendingHolds: Number(books.pending_holds),
    disagreements: disagreements.map(toDisagreement),
  };
}

/** Adds every balance up and derives each again from its entries. */
export async function checkConservation(db: Pick<Database, 'kysely'>, at: Date): Promise<Conservation> {
  const { books, disagreements } = await readBooks(db);
  return judge(books, disagreements, at);
}

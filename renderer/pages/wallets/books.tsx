import type { Conservation } from '../../../shared/http/treasury.ts';
import { Amount, WalletAddress } from '../../ui/amount.tsx';
import { formatCount } from '../../ui/format.ts';
import { Banner } from '../../ui/message.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';

const Line = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <tr>
    <th scope="row" className="py-1 pr-6 text-left font-normal text-soft">
      {label}
    </th>
    <td className="py-1 text-right">
      <Amount value={value} />
    </td>
  </tr>
);

/** The sum as people check one: each account under the other, and what they come to. */
const Sum = ({ books }: { readonly books: Conservation }) => (
  <table aria-label="Sum of all balances" className="w-max self-start text-body">
    <tbody>
      <Line label="Accounts and agents" value={books.owned} />
      <Line label="Revenue" value={books.revenue} />
      <Line label="Platform loss" value={books.platformLoss} />
      <Line label="Issuance" value={books.issuance} />
    </tbody>
    <tfoot>
      <tr className="border-line-strong border-t">
        <th scope="row" className="py-1.5 pr-6 text-left font-medium text-ink">
          Sum of all balances
        </th>
        <td data-testid="books-sum" className="py-1.5 text-right font-semibold text-lead">
          <Amount value={books.sum} />
        </td>
      </tr>
    </tfoot>
  </table>
);

const Wrong = ({ books }: { readonly books: Conservation }) => (
  <Banner tone="bad" role="alert" testId="books-broken">
    The books do not add up. Somebody wrote to the database past its rules: stop the service, keep the data
    directory as it is, and compare the ledger with these wallets.
    {books.disagreements.map((one) => (
      <span key={one.address} className="mt-1 flex flex-wrap items-center gap-x-3">
        <WalletAddress value={one.address} />
        <Amount value={one.posted} /> <span className="text-faint">by its entries</span>
        <Amount value={one.postedByEntries} />
      </span>
    ))}
  </Banner>
);

/** Whether money was made or lost, with every figure that the answer rests on. */
export function Books({ books }: { readonly books: Conservation }) {
  return (
    <Section
      title="Conservation"
      testId="books"
      aside={
        books.holds ? (
          <State tone="ok" word="every credit is accounted for" />
        ) : (
          <State tone="bad" word="the books do not add up" />
        )
      }
    >
      {books.holds ? null : <Wrong books={books} />}
      <div className="flex flex-wrap gap-x-12 gap-y-2 py-2">
        <Sum books={books} />
        <div className="min-w-72">
          <Facts>
            <Fact label="Wallets derived again">
              {formatCount(books.wallets)} from {formatCount(books.postings)} postings
            </Fact>
            <Fact label="Wallets that disagree">{formatCount(books.disagreements.length)}</Fact>
            <Fact label="Held now">
              <Amount value={books.held} />
            </Fact>
            <Fact label="Pending holds">{formatCount(books.pendingHolds)}</Fact>
          </Facts>
        </div>
      </div>
    </Section>
  );
}

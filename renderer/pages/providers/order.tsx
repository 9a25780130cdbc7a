import { formatCount } from '../../ui/format.ts';
import { Fact, Facts, Section } from '../../ui/section.tsx';

interface OrderProps {
  /** Accounts that use their own secrets only. */
  readonly alwaysMineAccounts: number;
}

/** Whose secret a request is made with, in order. */
export const Order = ({ alwaysMineAccounts }: OrderProps) => (
  <Section title="Order of fallback" aside="the first one that exists is used" testId="secret-order">
    <Facts>
      <Fact label="1 Agent">The secret that was stored for the agent itself.</Fact>
      <Fact label="2 Account">The secret of the account that owns the agent or the key.</Fact>
      <Fact label="3 Platform">
        The platform’s secret, unless the account uses its own only:{' '}
        {alwaysMineAccounts === 1 ? '1 account does' : `${formatCount(alwaysMineAccounts)} accounts do`}.
      </Fact>
      <Fact label="None">The request is refused with 403.</Fact>
      <Fact label="Does not open">
        The request fails with 500 and an entry in the ledger. The next secret in order is never tried.
      </Fact>
    </Facts>
  </Section>
);

import type { AutonomyStatus, PayerBreaker } from '../../../shared/http/autonomy.ts';
import { Amount } from '../../ui/amount.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Banner } from '../../ui/message.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BREAKER_SIGN, tokenAmount, whyIdle } from './use-autonomy.ts';

type Asset = AutonomyStatus['assets'][number];

function Paused({ paused }: { readonly paused: NonNullable<AutonomyStatus['paused']> }) {
  const now = useNow();
  return (
    <Banner tone={paused.cause === 'operator' ? 'warn' : 'bad'} role="alert" testId="paused">
      {paused.cause === 'operator'
        ? 'An operator paused the payer'
        : `The payer paused itself: ${paused.cause}`}
      , <RelativeTime at={paused.at} now={now} />. {paused.reason}. Nothing is fetched and nothing is paid
      until it is resumed.
    </Banner>
  );
}

function Balance({ asset }: { readonly asset: Asset }) {
  const now = useNow();
  if (!asset.balance) return <span className="text-faint">not measured yet</span>;
  return (
    <span className="inline-flex items-baseline gap-2">
      <Amount value={tokenAmount(asset.balance.amount, asset.decimals)} />
      <span className="text-faint text-small">
        <RelativeTime at={asset.balance.at} now={now} />
      </span>
    </span>
  );
}

const right = { className: 'text-right whitespace-nowrap' };
const amountOf = (id: string, header: string, of: (asset: Asset) => string): Column<Asset> => ({
  ...{ id, header, enableSorting: false, meta: right },
  cell: ({ row }) => <Amount value={tokenAmount(of(row.original), row.original.decimals)} />,
});

const ASSETS: Column<Asset>[] = [
  {
    ...{ id: 'mint', header: 'Token', accessorFn: (asset) => asset.mint },
    cell: ({ row }) => <code className="break-all font-mono text-small">{row.original.mint}</code>,
  },
  {
    ...{ id: 'balance', header: 'Balance', enableSorting: false, meta: right },
    cell: ({ row }) => <Balance asset={row.original} />,
  },
  amountOf('today', 'Paid today', (asset) => asset.spentToday),
  amountOf('day', 'Most a day', (asset) => asset.mostPerDay),
  amountOf('payment', 'Most a payment', (asset) => asset.mostPerPayment),
];

function Breaker({ breaker }: { readonly breaker: PayerBreaker }) {
  const now = useNow();
  const { state, failures, retryAt } = breaker;
  const left = retryAt === null ? 0 : Date.parse(retryAt) - now;
  return (
    <span className="flex items-center gap-2" data-testid="breaker">
      <State {...BREAKER_SIGN[state]} />
      <span className="text-faint text-small">
        {breaker.target === 'rpc' ? 'Solana node' : breaker.target}
        {failures > 0 ? `, ${formatCount(failures)} failures in a row` : ''}
        {state === 'open' && left > 0 ? `, tries again in ${formatDuration(left)}` : ''}
        {state === 'open' && left <= 0 ? ', the next call tries' : ''}
      </span>
    </span>
  );
}

/** Who pays, with what, how much of it is left, and whom it cannot reach. */
export function PayerSection({ status }: { readonly status: AutonomyStatus }) {
  const idle = whyIdle(status);
  return (
    <>
      {status.paused ? <Paused paused={status.paused} /> : null}
      {idle ? (
        <Banner tone="info" testId="idle">
          {idle}
        </Banner>
      ) : null}
      <Section title="Payer" testId="payer">
        <Facts>
          <Fact label="Wallet">
            {status.payer ? <Hash value={status.payer} what="the wallet’s address" /> : 'no key here'}
          </Fact>
          <Fact label="Network">
            <code className="font-mono text-small">{status.network}</code>
          </Fact>
          <Fact label="Breakers">
            {status.breakers.length > 0
              ? status.breakers.map((one) => <Breaker key={one.target} breaker={one} />)
              : 'none was needed yet'}
          </Fact>
        </Facts>
        {status.assets.length > 0 ? (
          <div className="overflow-x-auto">
            <DataTable
              label="Tokens"
              rows={status.assets}
              columns={ASSETS}
              rowId={(asset) => asset.mint}
              rowTestId="asset-row"
            />
          </div>
        ) : null}
      </Section>
    </>
  );
}

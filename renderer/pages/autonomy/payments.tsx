import type { Payment } from '../../../shared/http/autonomy.ts';
import { Amount } from '../../ui/amount.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Hash } from '../../ui/hash.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { paymentSign, tokenAmount } from './use-autonomy.ts';

function At({ at }: { readonly at: string }) {
  return <RelativeTime at={at} now={useNow()} />;
}

/** What proves the payment: the transaction that the network confirmed, or why there is none. */
function Receipt({ payment }: { readonly payment: Payment }) {
  if (payment.transaction) return <Hash value={payment.transaction} what="the transaction" />;
  if (payment.endedReason) return <span className="text-faint">{payment.endedReason}</span>;
  return <span className="text-faint">the network does not show it yet</span>;
}

const COLUMNS: Column<Payment>[] = [
  {
    ...{
      id: 'at',
      header: 'When',
      accessorFn: (payment) => payment.createdAt,
      meta: { className: 'whitespace-nowrap' },
    },
    cell: ({ row }) => <At at={row.original.createdAt} />,
  },
  {
    ...{ id: 'state', header: 'State', accessorFn: (payment) => paymentSign(payment).word },
    cell: ({ row }) => <State {...paymentSign(row.original)} />,
  },
  {
    id: 'amount',
    header: 'Amount',
    accessorFn: (payment) => Number(payment.amount),
    meta: { className: 'text-right' },
    cell: ({ row }) => <Amount value={tokenAmount(row.original.amount, row.original.decimals)} />,
  },
  {
    ...{ id: 'to', header: 'Paid to', accessorFn: (payment) => payment.host },
    cell: ({ row }) => (
      <span className="flex flex-col">
        {row.original.host}
        <code className="break-all font-mono text-faint text-small">{row.original.payTo}</code>
      </span>
    ),
  },
  {
    ...{ id: 'receipt', header: 'Receipt', enableSorting: false, meta: { className: 'min-w-[320px]' } },
    cell: ({ row }) => <Receipt payment={row.original} />,
  },
];

/** What was paid, to whom, and the network's own name of each transaction. */
export const Payments = ({ payments }: { readonly payments: readonly Payment[] }) => (
  <Section title="Payments" aside="newest first" testId="payments">
    {payments.length > 0 ? (
      <div className="overflow-x-auto">
        <DataTable
          label="Payments"
          rows={payments}
          columns={COLUMNS}
          rowId={(payment) => payment.id}
          rowTestId="payment-row"
        />
      </div>
    ) : (
      <EmptyState testId="no-payments" title="Nothing was paid yet">
        <p>A payment is written down here before it is signed.</p>
      </EmptyState>
    )}
  </Section>
);

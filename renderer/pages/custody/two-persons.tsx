import type { CustodyState, Rotation } from '../../../shared/ipc/custody.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import type { RunStep } from './use-custody.ts';

type Wallet = CustodyState['shared'][number];

const columnsFor = (run: RunStep, busy: boolean): Column<Wallet>[] => [
  {
    id: 'address',
    header: 'Wallet',
    accessorFn: (wallet) => wallet.address,
    meta: { className: 'max-w-[320px] truncate font-mono' },
  },
  { id: 'first', header: 'First operator', accessorFn: (wallet) => wallet.first },
  { id: 'second', header: 'Second operator', accessorFn: (wallet) => wallet.second },
  {
    id: 'origin',
    header: 'Key',
    accessorFn: (wallet) => (wallet.imported ? 'imported' : 'drawn under both'),
    cell: ({ row: { original } }) =>
      original.imported ? <State tone="warn" word="imported: it was one person’s" /> : 'drawn under both',
  },
  {
    id: 'acts',
    header: '',
    enableSorting: false,
    meta: { className: 'w-[200px] text-right' },
    cell: ({ row: { original } }) => (
      <span className="inline-flex gap-1">
        <Button
          small
          disabled={busy}
          aria-label={`Export the key of ${original.address}`}
          onClick={() => void run({ act: 'export-shared', item: original.item })}
        >
          Export
        </Button>
        <Button
          small
          disabled={busy}
          aria-label={`Show the key of ${original.address}`}
          onClick={() => void run({ act: 'reveal-shared', item: original.item })}
        >
          Show
        </Button>
      </span>
    ),
  },
];

interface SharedProps {
  readonly wallets: readonly Wallet[];
  readonly run: RunStep;
  readonly busy: boolean;
}

/** Wallets that open with two operators’ keys, and this console’s half of it: what it is to others, and what they ask of it. */
export function TwoPersons({ wallets, run, busy }: SharedProps) {
  return (
    <Section
      title="Wallets of two persons"
      testId="custody-shared"
      aside={
        <span className="inline-flex gap-2">
          <Button small disabled={busy} onClick={() => void run({ act: 'import-shared' })}>
            Import a wallet
          </Button>
          <Button small disabled={busy} onClick={() => void run({ act: 'introduce' })}>
            Introduce this console
          </Button>
          <Button small disabled={busy} onClick={() => void run({ act: 'approve' })}>
            Approve for another console
          </Button>
        </span>
      }
    >
      {wallets.length === 0 ? (
        <EmptyState title="No wallet here needs a second operator">
          Choose it when you generate a wallet, or import one that you have. Another console’s wallet may
          still need you: approve its requests here.
        </EmptyState>
      ) : (
        <DataTable
          label="Wallets of two persons"
          rows={wallets}
          columns={columnsFor(run, busy)}
          rowId={(wallet) => wallet.item}
          rowTestId="custody-shared-wallet"
        />
      )}
    </Section>
  );
}

interface SweepProps {
  readonly rotation: Pick<Rotation, 'formerSecond'>;
  readonly run: RunStep;
  readonly busy: boolean;
}

/** A transaction lives for a minute: the second operator is asked before it is built. */
export function AskBeforeSweep({ rotation, run, busy }: SweepProps) {
  if (rotation.formerSecond === null) return null;
  return (
    <div className="flex flex-wrap items-center gap-3 py-3" data-testid="custody-ask-second">
      <span className="max-w-[64ch] text-body text-soft">
        The former wallet opens with the key of {rotation.formerSecond} as well. Ask first; the sweep is
        admitted for half an hour.
      </span>
      <Button small disabled={busy} onClick={() => void run({ act: 'ask-second' })}>
        Ask the second operator
      </Button>
    </div>
  );
}

import { useMemo } from 'react';
import type { ApiKey } from '../../../shared/http/keys.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

interface KeyTableProps {
  readonly keys: readonly ApiKey[];
  /** Why this console may not revoke; `null` when it may. */
  readonly whyNotRevoke: string | null;
  readonly onRevoke: (key: ApiKey) => void;
  readonly onStolen: (key: ApiKey) => void;
}

function When({ at, never }: { readonly at: string | null; readonly never: string }) {
  const now = useNow();
  return at ? <RelativeTime at={at} now={now} /> : <span className="text-faint">{never}</span>;
}

function KeyState({ apiKey }: { readonly apiKey: ApiKey }) {
  if (apiKey.state === 'active') return <State tone="ok" word="active" />;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <State tone="idle" word="revoked" />
      <span className="truncate text-faint text-small" title={apiKey.revokedReason ?? undefined}>
        {apiKey.revokedReason}
      </span>
    </span>
  );
}

const columnsFor = ({ whyNotRevoke, onRevoke, onStolen }: Omit<KeyTableProps, 'keys'>): Column<ApiKey>[] => [
  {
    id: 'label',
    header: 'Name',
    accessorFn: (key) => key.label,
    meta: { className: 'max-w-[240px] truncate' },
    cell: ({ row }) => <span title={row.original.id}>{row.original.label}</span>,
  },
  {
    id: 'prefix',
    header: 'Begins with',
    enableSorting: false,
    meta: { className: 'w-[168px]' },
    cell: ({ row }) => (
      <span className="flex items-center gap-1 font-mono text-small">
        {row.original.displayPrefix}…
        <CopyButton text={row.original.displayPrefix} what={`the beginning of ${row.original.label}`} />
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    accessorFn: (key) => key.state,
    meta: { className: 'max-w-[240px]' },
    cell: ({ row }) => <KeyState apiKey={row.original} />,
  },
  {
    id: 'limit',
    header: 'Limit',
    accessorFn: (key) => key.requestsPerMinute,
    meta: { className: 'text-right whitespace-nowrap w-[112px]' },
    cell: ({ row }) => (
      <>
        {formatCount(row.original.requestsPerMinute)}
        <span className="text-faint"> /min</span>
      </>
    ),
  },
  {
    id: 'used',
    header: 'Last used',
    accessorFn: (key) => key.lastUsedAt ?? '',
    meta: { className: 'w-[120px] whitespace-nowrap' },
    cell: ({ row }) => <When at={row.original.lastUsedAt} never="never" />,
  },
  {
    id: 'created',
    header: 'Created',
    accessorFn: (key) => key.createdAt,
    meta: { className: 'w-[120px] whitespace-nowrap' },
    cell: ({ row }) => <When at={row.original.createdAt} never="" />,
  },
  {
    id: 'act',
    header: () => <span className="sr-only">Actions</span>,
    enableSorting: false,
    meta: { className: 'w-[190px] whitespace-nowrap text-right' },
    cell: ({ row }) => (
      <span className="inline-flex gap-2">
        <Button
          small
          aria-label={`Assume that ${row.original.label} is stolen`}
          onClick={() => onStolen(row.original)}
        >
          Assume stolen
        </Button>
        {row.original.state === 'active' ? (
          <Button
            small
            aria-label={`Revoke ${row.original.label}`}
            disabled={whyNotRevoke !== null}
            title={whyNotRevoke ?? undefined}
            onClick={() => onRevoke(row.original)}
          >
            Revoke
          </Button>
        ) : null}
      </span>
    ),
  },
];

/** Keys and what is known of each; never their material, which this screen is never given. */
export function KeyTable(props: KeyTableProps) {
  const { keys, whyNotRevoke, onRevoke, onStolen } = props;
  const columns = useMemo(
    () => columnsFor({ whyNotRevoke, onRevoke, onStolen }),
    [whyNotRevoke, onRevoke, onStolen],
  );
  return (
    <DataTable
      label="Inference keys"
      rows={keys}
      columns={columns}
      rowId={(key) => key.id}
      rowTestId="key-row"
    />
  );
}

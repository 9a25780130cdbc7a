import { useMemo } from 'react';
import type { ProviderSecret } from '../../../shared/http/provider-secrets.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { groupsOf } from '../../ui/format.ts';
import { Fingerprint } from '../../ui/hash.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { SCOPE_WORD } from './use-secrets.ts';

interface SecretTableProps {
  readonly secrets: readonly ProviderSecret[];
  /** Why this console may not delete; `null` when it may. */
  readonly whyNotDelete: string | null;
  readonly onDelete: (secret: ProviderSecret) => void;
}

function Updated({ at }: { readonly at: string }) {
  return <RelativeTime at={at} now={useNow()} />;
}

const DATA_COLUMNS: Column<ProviderSecret>[] = [
  {
    id: 'provider',
    header: 'Provider',
    accessorFn: (s) => s.provider,
    cell: ({ row }) => <span title={row.original.id}>{row.original.provider}</span>,
  },
  {
    id: 'scope',
    header: 'Scope',
    accessorFn: (s) => s.scope,
    meta: { className: 'w-[88px]' },
    cell: ({ row }) => SCOPE_WORD[row.original.scope],
  },
  {
    id: 'tenant',
    header: 'Belongs to',
    accessorFn: (s) => s.tenant ?? '',
    cell: ({ row }) =>
      row.original.tenant ? (
        <span className="font-mono text-small">{row.original.tenant}</span>
      ) : (
        <span className="text-faint">everybody</span>
      ),
  },
  {
    id: 'fingerprint',
    header: 'Fingerprint',
    enableSorting: false,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row }) => (
      <span className="inline-flex items-center gap-2 font-mono text-small">
        <Fingerprint text={row.original.fingerprint} height={16} />
        {groupsOf(row.original.fingerprint).join(' ')}
      </span>
    ),
  },
  {
    id: 'root',
    header: 'Root',
    accessorFn: (s) => s.rootVersion,
    meta: { className: 'w-[64px] text-right tabular-nums' },
  },
  {
    id: 'state',
    header: 'State',
    accessorFn: (s) => s.unreadableSince ?? '',
    meta: { className: 'w-[128px]' },
    cell: ({ row }) =>
      row.original.unreadableSince ? (
        <State tone="bad" word="does not open" title={`since ${row.original.unreadableSince}`} />
      ) : (
        <State tone="ok" word="sealed" />
      ),
  },
  {
    id: 'updated',
    header: 'Stored',
    accessorFn: (s) => s.updatedAt,
    meta: { className: 'w-[120px] whitespace-nowrap' },
    cell: ({ row }) => <Updated at={row.original.updatedAt} />,
  },
];

/** Secrets and what is known of each; their material never comes here. */
export function SecretTable({ secrets, whyNotDelete, onDelete }: SecretTableProps) {
  const columns = useMemo(
    (): Column<ProviderSecret>[] => [
      ...DATA_COLUMNS,
      {
        id: 'act',
        header: () => <span className="sr-only">Actions</span>,
        enableSorting: false,
        meta: { className: 'w-[80px] text-right' },
        cell: ({ row }) => (
          <Button
            small
            aria-label={`Delete the ${row.original.provider} secret of ${row.original.tenant ?? 'the platform'}`}
            disabled={whyNotDelete !== null}
            title={whyNotDelete ?? undefined}
            onClick={() => onDelete(row.original)}
          >
            Delete
          </Button>
        ),
      },
    ],
    [whyNotDelete, onDelete],
  );
  return (
    <DataTable
      label="Provider secrets"
      rows={secrets}
      columns={columns}
      rowId={(secret) => secret.id}
      rowTestId="secret-row"
    />
  );
}

import { useMemo } from 'react';
import type { Operator } from '../../../shared/http/operators.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Fingerprint } from '../../ui/hash.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

function When({ at }: { readonly at: string | null }) {
  const now = useNow();
  return at ? <RelativeTime at={at} now={now} /> : <span className="text-faint">never</span>;
}

export interface RosterActs {
  readonly whyNotRevoke: string | null;
  readonly whyNotRole: string | null;
  readonly onRevoke: (target: Operator) => void;
  readonly onRole: (target: Operator) => void;
  readonly onStolen: (target: Operator) => void;
}

const stateOf = ({ state, revokedAt, revokedReason }: Operator) =>
  state === 'active' ? (
    <State tone="ok" word="active" />
  ) : (
    <State tone="idle" word="retired" title={`Revoked ${revokedAt ?? ''}: ${revokedReason ?? ''}`} />
  );

const Acts = ({ target, acts }: { readonly target: Operator; readonly acts: RosterActs }) =>
  target.state === 'active' ? (
    <span className="inline-flex items-center gap-2">
      <Button small onClick={() => acts.onStolen(target)}>
        Assume stolen
      </Button>
      <Button
        small
        disabled={acts.whyNotRole !== null}
        title={acts.whyNotRole ?? undefined}
        onClick={() => acts.onRole(target)}
      >
        Change role
      </Button>
      <Button
        small
        disabled={acts.whyNotRevoke !== null}
        title={acts.whyNotRevoke ?? undefined}
        onClick={() => acts.onRevoke(target)}
      >
        Revoke
      </Button>
    </span>
  ) : null;

const columnsFor = (ownKeyId: string | undefined, acts: RosterActs): Column<Operator>[] => [
  {
    id: 'name',
    header: 'Name',
    accessorFn: (operator) => operator.name,
    cell: ({ row }) => (
      <span className="flex items-center gap-2">
        {row.original.name}
        {row.original.keyId === ownKeyId ? (
          <span className="text-accent text-small">this console</span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'role',
    header: 'Role',
    accessorFn: (operator) => operator.role,
    cell: ({ row }) => row.original.role,
  },
  {
    id: 'key',
    header: 'Signing key',
    enableSorting: false,
    cell: ({ row }) => (
      <span className="flex items-center gap-2" title={row.original.keyId}>
        <Fingerprint text={row.original.keyId} height={16} />
        <code className="font-mono text-small">{row.original.keyId.slice(0, 12)}…</code>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'Key state',
    accessorFn: (operator) => operator.state,
    cell: ({ row }) => stateOf(row.original),
  },
  {
    id: 'enrolled',
    header: 'Since',
    accessorFn: (operator) => operator.enrolledAt,
    cell: ({ row }) => <When at={row.original.enrolledAt} />,
  },
  {
    id: 'signed',
    header: 'Last signed',
    accessorFn: (operator) => operator.lastSignedAt ?? '',
    cell: ({ row }) => <When at={row.original.lastSignedAt} />,
  },
  {
    id: 'acts',
    header: '',
    enableSorting: false,
    meta: { className: 'text-right whitespace-nowrap' },
    cell: ({ row }) => <Acts target={row.original} acts={acts} />,
  },
];

interface RosterProps extends RosterActs {
  readonly operators: readonly Operator[];
  readonly ownKeyId: string | undefined;
}

/** Who has enrolled, with which key, since when, and whether it still signs. */
export function Roster({ operators, ownKeyId, ...acts }: RosterProps) {
  const { whyNotRevoke, whyNotRole, onRevoke, onRole, onStolen } = acts;
  const columns = useMemo(
    () => columnsFor(ownKeyId, { whyNotRevoke, whyNotRole, onRevoke, onRole, onStolen }),
    [ownKeyId, whyNotRevoke, whyNotRole, onRevoke, onRole, onStolen],
  );
  return (
    <DataTable
      label="Operators"
      rows={operators}
      columns={columns}
      rowId={(operator) => operator.id}
      rowTestId="operator-row"
    />
  );
}

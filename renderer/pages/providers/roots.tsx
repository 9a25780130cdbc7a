import { useMemo } from 'react';
import type { SecretRoot, SecretRootsState } from '../../../shared/http/provider-secrets.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { signOf } from './use-secrets.ts';

const right = { className: 'text-right tabular-nums whitespace-nowrap w-[112px]' };

function Activated({ at }: { readonly at: string }) {
  return <RelativeTime at={at} now={useNow()} />;
}

/** How much has arrived at the active version: a bar, and the numbers that it stands for. */
function Progress({ state }: { readonly state: SecretRootsState }) {
  const { settled, total } = state;
  const share = total === 0 ? 1 : settled / total;
  return (
    <div className="flex items-center gap-3 py-2" data-testid="rotation-progress">
      <progress
        className="sr-only"
        aria-label="Secrets under the active root"
        max={Math.max(total, 1)}
        value={settled}
      />
      <span aria-hidden="true" className="relative h-1.5 flex-1 overflow-hidden rounded-[1px] bg-line">
        <span className="absolute inset-y-0 left-0 bg-accent-fill" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="whitespace-nowrap text-body tabular-nums">
        {formatCount(settled)}{' '}
        <span className="text-faint">of {formatCount(total)} under the active root</span>
      </span>
    </div>
  );
}

interface RootsProps {
  readonly state: SecretRootsState;
  readonly whyNotRotate: string | null;
  readonly whyNotRetire: string | null;
  readonly onRotate: (version: number) => void;
  readonly onRetire: (version: number) => void;
}

/** Why a version cannot be retired now; `null` when it can. */
function holds({ state, secrets, unreadable }: SecretRoot): string | null {
  if (state === 'empty') return null;
  if (secrets === unreadable)
    return `${formatCount(secrets)} secrets under it do not open. Have them stored again, or delete them.`;
  return `${formatCount(secrets)} secrets are still encrypted under it.`;
}

const columnsFor = (whyNot: string | null, onRetire: (version: number) => void): Column<SecretRoot>[] => [
  {
    id: 'version',
    header: 'Version',
    accessorFn: (r) => r.version,
    meta: { className: 'w-[80px] tabular-nums' },
  },
  {
    id: 'state',
    header: 'State',
    accessorFn: (r) => r.state,
    cell: ({ row }) => <State {...signOf(row.original)} />,
  },
  {
    id: 'secrets',
    header: 'Secrets',
    accessorFn: (r) => r.secrets,
    meta: right,
    cell: ({ row }) => formatCount(row.original.secrets),
  },
  {
    id: 'unreadable',
    header: 'Do not open',
    accessorFn: (r) => r.unreadable,
    meta: right,
    cell: ({ row }) =>
      row.original.unreadable > 0 ? (
        <State tone="bad" word={formatCount(row.original.unreadable)} />
      ) : (
        <span className="text-faint">0</span>
      ),
  },
  {
    id: 'activated',
    header: 'Activated',
    accessorFn: (r) => r.activatedAt,
    meta: { className: 'w-[120px] whitespace-nowrap' },
    cell: ({ row }) => <Activated at={row.original.activatedAt} />,
  },
  {
    id: 'act',
    header: () => <span className="sr-only">Actions</span>,
    enableSorting: false,
    meta: { className: 'w-[88px] text-right' },
    cell: ({ row }) => {
      const { state, version } = row.original;
      if (state === 'active' || state === 'retired') return null;
      const why = whyNot ?? holds(row.original);
      return (
        <Button
          small
          aria-label={`Retire root ${version}`}
          disabled={why !== null}
          title={why ?? undefined}
          onClick={() => onRetire(version)}
        >
          Retire
        </Button>
      );
    },
  },
];

/** The versions of the root that provider secrets are encrypted under, and the way from one to the next. */
export function Roots({ state, whyNotRotate, whyNotRetire, onRotate, onRetire }: RootsProps) {
  const columns = useMemo(() => columnsFor(whyNotRetire, onRetire), [whyNotRetire, onRetire]);
  const { version, available } = state.next;
  const missing = available
    ? null
    : `The service lacks root ${version}. Add it to SALLYPORT_SECRET_ROOTS of every instance and restart them.`;
  const why = whyNotRotate ?? missing;
  return (
    <Section
      title="Root versions"
      testId="secret-roots"
      aside={
        <Button small disabled={why !== null} title={why ?? undefined} onClick={() => onRotate(version)}>
          Rotate to version {version}
        </Button>
      }
    >
      {state.roots.length > 0 ? (
        <>
          <Progress state={state} />
          <DataTable
            label="Root versions"
            rows={state.roots}
            columns={columns}
            rowId={(root) => String(root.version)}
            rowTestId="root-row"
          />
        </>
      ) : (
        <p className="py-3 text-body text-soft">Version 1 comes into use with the first secret.</p>
      )}
    </Section>
  );
}

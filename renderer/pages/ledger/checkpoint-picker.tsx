import { useState } from 'react';
import type { ShownAnswer } from '../../bridge/bridge.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { Fingerprint } from '../../ui/hash.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { RemoteValue } from '../parts/remote.tsx';

type Listed = ShownAnswer<'ledger.checkpoints'>;
type Row = Listed['checkpoints'][number];

const columnsFor = (onSize: (size: number) => void): Column<Row>[] => [
  {
    id: 'size',
    header: 'Entries',
    enableSorting: false,
    cell: ({ row: { original } }) => (
      <Button kind="link" small onClick={() => onSize(original.size)}>
        {formatCount(original.size)}
      </Button>
    ),
    meta: { className: 'tabular-nums' },
  },
  {
    id: 'signed',
    header: 'Signed (UTC)',
    enableSorting: false,
    accessorFn: (row) => row.signedAt,
    cell: ({ row: { original } }) => original.signedAt.replace('T', ' ').replace(/\.\d+Z$/, ''),
    meta: { className: 'font-mono text-small' },
  },
  {
    id: 'witnesses',
    header: 'Cosigned',
    enableSorting: false,
    cell: ({ row: { original } }) =>
      original.cosignatures === 0 ? (
        <span className="text-faint">by nobody</span>
      ) : (
        `by ${formatCount(original.cosignatures)}`
      ),
  },
  {
    id: 'root',
    header: 'Root',
    enableSorting: false,
    cell: ({ row: { original } }) => (
      <span className="flex items-center gap-2" title={original.root}>
        <Fingerprint text={original.root} height={16} />
        <code className="font-mono text-small">{original.root.slice(0, 8)}…</code>
      </span>
    ),
  },
];

interface ChoiceProps {
  readonly day: string;
  readonly cosigned: boolean;
  readonly onDay: (day: string) => void;
  readonly onCosigned: (cosigned: boolean) => void;
}

const Choice = ({ day, cosigned, onDay, onCosigned }: ChoiceProps) => (
  <div className="flex items-end gap-4">
    <Field label="Signed on or before (UTC day)">
      {(aria) => <Input {...aria} type="date" value={day} onChange={(event) => onDay(event.target.value)} />}
    </Field>
    <label className="flex h-8 items-center gap-2 text-body text-ink-soft">
      <input type="checkbox" checked={cosigned} onChange={(event) => onCosigned(event.target.checked)} />
      Cosigned by a witness only
    </label>
  </div>
);

interface PageProps {
  readonly query: NonNullable<Parameters<typeof useCall<'ledger.checkpoints'>>[1]['query']>;
  readonly isFiltered: boolean;
  readonly onSize: (size: number) => void;
  readonly onEarlier: (before: number) => void;
}

function Page({ query, isFiltered, onSize, onEarlier }: PageProps) {
  const listed = useCall('ledger.checkpoints', { query });
  return (
    <RemoteValue
      remote={listed}
      what="the signed heads"
      skeleton={<SkeletonRows rows={6} waitingFor="the signed heads" />}
    >
      {({ checkpoints, next }) =>
        checkpoints.length === 0 ? (
          <EmptyState testId="no-checkpoints" title="No checkpoint">
            <p>
              {isFiltered
                ? 'None was signed so early, or cosigned. Choose a later day, or those that nobody cosigned.'
                : 'The log signs one with its first entries.'}
            </p>
          </EmptyState>
        ) : (
          <>
            <DataTable<Row>
              label="Checkpoints"
              rows={checkpoints}
              columns={columnsFor(onSize)}
              rowId={({ size }) => String(size)}
              rowTestId="checkpoint-row"
            />
            {next === null ? null : (
              <Button small onClick={() => onEarlier(next)}>
                Earlier ones
              </Button>
            )}
          </>
        )
      }
    </RemoteValue>
  );
}

interface PickerProps {
  readonly title: string;
  readonly onSize: (size: number) => void;
  readonly onClose: () => void;
}

/** The heads that the log signed: choosing one means the state after its last entry. */
export function CheckpointPicker({ title, onSize, onClose }: PickerProps) {
  const [day, setDay] = useState('');
  const [cosigned, setCosigned] = useState(false);
  const [before, setBefore] = useState<number | null>(null);
  const query = {
    ...(day === '' ? {} : { until: `${day}T23:59:59.999Z` }),
    ...(cosigned ? { witnessed: 'yes' as const } : {}),
    ...(before === null ? {} : { before }),
  };
  return (
    <Dialog
      open
      wide
      title={title}
      description="Each is a head of the log, signed; the state shown is the one after its last entry."
      testId="checkpoint-picker"
      onClose={onClose}
    >
      <div className="flex flex-col gap-3 px-5 pt-4">
        <Choice
          {...{ day, cosigned }}
          onDay={(next) => {
            setDay(next);
            setBefore(null);
          }}
          onCosigned={(next) => {
            setCosigned(next);
            setBefore(null);
          }}
        />
        <Page
          query={query}
          isFiltered={day !== '' || cosigned || before !== null}
          onSize={onSize}
          onEarlier={setBefore}
        />
      </div>
      <DialogActions>
        {before === null ? null : <Button onClick={() => setBefore(null)}>Newest ones</Button>}
        <Button onClick={onClose}>Cancel</Button>
      </DialogActions>
    </Dialog>
  );
}

import { useMemo } from 'react';
import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { JOB_SIGN, leaseWord } from './use-minting.ts';

const right = { className: 'text-right tabular-nums whitespace-nowrap' };

function Lease({ job }: { readonly job: MintJob }) {
  return <span className="text-small text-soft">{leaseWord(job, useNow())}</span>;
}

function Progress({ job }: { readonly job: MintJob }) {
  return (
    <span className="flex items-center justify-end gap-2">
      <progress aria-label={`Progress of ${job.batchName}`} max={job.quantity} value={job.done} />
      <span className="tabular-nums">
        {formatCount(job.done)} <span className="text-faint">of {formatCount(job.quantity)}</span>
      </span>
    </span>
  );
}

const columnsFor = (onOpen: (id: string) => void): Column<MintJob>[] => [
  {
    ...{ id: 'batch', header: 'Batch', accessorFn: (j) => j.batchName },
    cell: ({ row }) => (
      <Button kind="link" onClick={() => onOpen(row.original.id)}>
        {row.original.batchName}
      </Button>
    ),
  },
  {
    ...{ id: 'state', header: 'State', accessorFn: (j) => j.state },
    cell: ({ row }) => <State {...JOB_SIGN[row.original.state]} />,
  },
  {
    ...{ id: 'progress', header: 'Minted', accessorFn: (j) => j.done, meta: right },
    cell: ({ row }) => <Progress job={row.original} />,
  },
  {
    ...{ id: 'lease', header: 'Worker and lease', accessorFn: (j) => j.lease?.owner ?? '' },
    cell: ({ row }) => <Lease job={row.original} />,
  },
  { id: 'pattern', header: 'Serials', accessorFn: (j) => j.serialPattern, meta: { className: 'font-mono' } },
  { id: 'activation', header: 'Activation', accessorFn: (j) => j.activation.replace('_', ' ') },
];

interface JobsProps {
  readonly jobs: readonly MintJob[];
  readonly onOpen: (id: string) => void;
}

/** Batches of a brand, with how far each is and who works on it. */
export function Jobs({ jobs, onOpen }: JobsProps) {
  const columns = useMemo(() => columnsFor(onOpen), [onOpen]);
  if (jobs.length === 0)
    return (
      <EmptyState title="This brand has no batch yet" testId="no-jobs">
        <p>Order one: its tokens appear here while a worker mints them.</p>
      </EmptyState>
    );
  return (
    <Section title="Batches" aside="newest first" testId="jobs">
      <DataTable label="Batches" rows={jobs} columns={columns} rowId={(j) => j.id} rowTestId="job-row" />
    </Section>
  );
}

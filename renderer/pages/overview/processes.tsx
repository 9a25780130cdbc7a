import type { ServiceStatus } from '../../../shared/service/status.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { PROCESS_TONE, SERVICE_TONE } from '../parts/tones.ts';

type Process = ServiceStatus['processes'][number];

const right = { className: 'text-right tabular-nums' };

const columnsAt = (now: number): Column<Process>[] => [
  { id: 'name', header: 'Process', enableSorting: false, cell: ({ row }) => row.original.name },
  {
    id: 'state',
    header: 'State',
    enableSorting: false,
    cell: ({ row }) => <State tone={PROCESS_TONE[row.original.state]} word={row.original.state} />,
  },
  {
    id: 'since',
    header: 'For',
    enableSorting: false,
    meta: right,
    cell: ({ row }) => formatDuration(now - Date.parse(row.original.since)),
  },
  {
    id: 'restarts',
    header: 'Restarts',
    enableSorting: false,
    meta: right,
    cell: ({ row }) => formatCount(row.original.restarts),
  },
  {
    id: 'pid',
    header: 'pid',
    enableSorting: false,
    meta: { className: 'text-right font-mono text-small' },
    cell: ({ row }) => row.original.pid ?? '—',
  },
];

/** The processes of the service as their supervisor sees them, and the sentence of each that failed. */
export function Processes({ service }: { readonly service: ServiceStatus }) {
  const now = useNow();
  const failed = service.processes.filter((process) => process.failure);
  return (
    <Section
      title="Service"
      testId="processes"
      aside={<State tone={SERVICE_TONE[service.state]} word={service.state} />}
    >
      <DataTable
        label="Processes of the service"
        rows={service.processes}
        columns={columnsAt(now)}
        rowId={(process) => process.name}
        rowTestId="process-row"
      />
      {failed.map((process) => (
        <p key={process.name} role="alert" className="py-2 text-body text-ink">
          <State tone="bad" word={process.name} className="mr-2" />
          {process.failure?.message}
        </p>
      ))}
    </Section>
  );
}

import type { MintExport } from '../../../shared/http/mint-exports.ts';
import type { MintEvent, MintJob } from '../../../shared/http/mint-jobs.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { useDownload, useEvents, useExports } from './use-minting.ts';

const skeleton = (waitingFor: string) => <SkeletonRows rows={3} waitingFor={waitingFor} />;
const EXPORT_TONE = { queued: 'idle', writing: 'busy', ready: 'ok', failed: 'bad' } as const;

const PROBLEM = {
  storage: 'private storage does not take it; it is tried again',
  incomplete: 'the tokens are not those of the batch’s root',
  unreadable: 'a code does not open',
} as const;
const wordOf = ({ state, problem, attempts }: MintExport): string => {
  const tries = attempts > 1 && state !== 'ready' ? `, attempt ${formatCount(attempts)}` : '';
  return `${state}${tries}${problem ? `: ${PROBLEM[problem]}` : ''}`;
};
/** Of a list its number; of a part of the batch from which position to which; of what is being made how far it is. */
function rowsOf({ state, done, first, rows, format }: MintExport): string {
  const isPart = format === 'svg' || format === 'pdf' || first > 1;
  const all = isPart ? `${formatCount(first)} to ${formatCount(first + rows - 1)}` : formatCount(rows);
  return state === 'writing' ? `${formatCount(done)} of ${formatCount(rows)}` : all;
}

const exportColumns = (running: boolean, onDownload: (id: string) => void): Column<MintExport>[] => [
  { id: 'format', header: 'Format', accessorFn: (e) => e.format },
  {
    ...{ id: 'state', header: 'State', accessorFn: (e) => e.state },
    cell: ({ row: { original } }) => <State tone={EXPORT_TONE[original.state]} word={wordOf(original)} />,
  },
  {
    ...{ id: 'rows', header: 'Rows', accessorFn: (e) => e.rows, meta: { className: 'tabular-nums' } },
    cell: ({ row: { original } }) => rowsOf(original),
  },
  {
    ...{ id: 'act', header: '', enableSorting: false, meta: { className: 'text-right' } },
    cell: ({ row: { original } }) => (
      <Button
        small
        disabled={running || original.state !== 'ready'}
        title={original.state === 'ready' ? undefined : 'There is no file yet.'}
        onClick={() => onDownload(original.id)}
      >
        Sign and download
      </Button>
    ),
  },
];

/** Exports of one batch. A download goes from the service to the disk; this page learns only that it is there. */
export function Exports({ job }: { readonly job: MintJob }) {
  const exports = useExports(job.brandId, job.id);
  const { action, run } = useDownload();
  const columns = exportColumns(action.state === 'running', (id) => void run(id, job.batchName));
  return (
    <Section
      title="Exports"
      aside="any member downloads; each download is signed and recorded"
      testId="exports"
    >
      <SigningOutcome action={action} />
      {action.state === 'done' && action.value.state === 'saved' ? (
        <p role="status" className="py-2 text-body" data-testid="download-saved">
          Saved to {action.value.path}. Its SHA-256 is that of the file which the service made.
        </p>
      ) : null}
      <RemoteValue remote={exports} what="the exports" skeleton={skeleton('the exports')}>
        {(data) => (
          <DataTable
            label="Exports"
            rows={data.exports}
            columns={columns}
            rowId={(e) => e.id}
            rowTestId="export-row"
          />
        )}
      </RemoteValue>
    </Section>
  );
}

const EVENT_COLUMNS: Column<MintEvent>[] = [
  { id: 'number', header: 'Entry', accessorFn: (e) => e.number },
  { id: 'kind', header: 'Kind', accessorFn: (e) => e.kind, meta: { className: 'font-mono' } },
  { id: 'at', header: 'At (UTC)', accessorFn: (e) => e.at },
  { id: 'actor', header: 'By', accessorFn: (e) => e.actor.name ?? e.actor.id },
];

/** What the ledger has of this batch. */
export function Events({ job }: { readonly job: MintJob }) {
  const events = useEvents(job.id);
  return (
    <Section title="Ledger entries" aside="newest first" testId="events">
      <RemoteValue remote={events} what="the entries" skeleton={skeleton('the entries')}>
        {(data) => (
          <DataTable
            label="Ledger entries"
            rows={data.events}
            columns={EVENT_COLUMNS}
            rowId={(e) => e.id}
            rowTestId="event-row"
          />
        )}
      </RemoteValue>
    </Section>
  );
}

import { useState } from 'react';
import type { MintExport } from '../../../shared/http/mint-exports.ts';
import type { MintEvent, MintJob } from '../../../shared/http/mint-jobs.ts';
import type { MintToken } from '../../../shared/http/mint-tokens.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import type { Act } from './act.tsx';
import { useDownload, useEvents, useExports, useTokens } from './use-minting.ts';

const skeleton = (waitingFor: string) => <SkeletonRows rows={3} waitingFor={waitingFor} />;
const TOKEN_TONE = { issued: 'idle', active: 'ok', voided: 'bad' } as const;
const EXPORT_TONE = { queued: 'idle', writing: 'busy', ready: 'ok', failed: 'bad' } as const;

/** What may be done with a token next; one that was replaced is at its end. */
function actOn({ id, serial, state, replacedBy }: MintToken): Act | null {
  const about = { params: { token: id }, body: { serial } };
  if (state !== 'voided')
    return {
      ...{ ...about, route: 'mint.void', title: `Void ${serial}`, sign: 'Sign and void for ever' },
      ...{ says: 'Whoever scans it is told that it is void.', danger: true, withReason: true },
    };
  if (replacedBy !== null) return null;
  return {
    ...{ ...about, route: 'mint.reissue', title: `Re-issue ${serial}`, sign: 'Sign and re-issue' },
    says: 'One genuine token comes into being in its place.',
  };
}

interface TokensProps {
  readonly job: MintJob;
  readonly whyNot: string | null;
  readonly onAct: (act: Act) => void;
}

const tokenColumns = (whyNot: string | null, onAct: (act: Act) => void): Column<MintToken>[] => [
  { id: 'position', header: 'Position', accessorFn: (t) => t.position },
  { id: 'serial', header: 'Serial', accessorFn: (t) => t.serial, meta: { className: 'font-mono' } },
  {
    ...{ id: 'state', header: 'State', accessorFn: (t) => t.state },
    cell: ({ row }) => <State tone={TOKEN_TONE[row.original.state]} word={row.original.state} />,
  },
  {
    ...{ id: 'act', header: '', enableSorting: false, meta: { className: 'text-right' } },
    cell: ({ row }) => {
      const act = actOn(row.original);
      if (!act) return <span className="text-faint">replaced</span>;
      return (
        <Button small disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => onAct(act)}>
          {act.title}
        </Button>
      );
    },
  },
];

/** Tokens by position, a page at a time; a code is never among what is shown. */
export function Tokens({ job, whyNot, onAct }: TokensProps) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const tokens = useTokens(job.id, cursors.at(-1) ?? null);
  const next = tokens.data?.nextCursor ?? null;
  return (
    <Section title="Tokens" aside="by position; codes are never shown" testId="tokens">
      <RemoteValue remote={tokens} what="the tokens" skeleton={skeleton('the tokens')}>
        {(data) => (
          <DataTable
            label="Tokens"
            rows={data.tokens}
            columns={tokenColumns(whyNot, onAct)}
            rowId={(t) => t.id}
            rowTestId="token-row"
          />
        )}
      </RemoteValue>
      <div className="flex gap-2 py-2">
        <Button small disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
          Earlier
        </Button>
        <Button
          small
          disabled={next === null}
          onClick={() => (next === null ? undefined : setCursors([...cursors, next]))}
        >
          Later
        </Button>
      </div>
    </Section>
  );
}

const exportColumns = (running: boolean, onDownload: (id: string) => void): Column<MintExport>[] => [
  { id: 'format', header: 'Format', accessorFn: (e) => e.format },
  {
    ...{ id: 'state', header: 'State', accessorFn: (e) => e.state },
    cell: ({ row: { original } }) => (
      <State
        tone={EXPORT_TONE[original.state]}
        word={original.problem ? `${original.state}: ${original.problem}` : original.state}
      />
    ),
  },
  {
    ...{ id: 'rows', header: 'Rows', accessorFn: (e) => e.rows, meta: { className: 'tabular-nums' } },
    cell: ({ row }) => formatCount(row.original.rows),
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

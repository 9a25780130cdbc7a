import { useState } from 'react';
import type { ExportRequest, ExportStatus } from '../../../shared/ipc/evidence.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import type { LedgerFilter } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';
import { isNarrowed, queryOf } from './filter.ts';

/** How often a running export is asked how far it is. */
const PROGRESS_MS = 300;

const FORMATS = [
  { value: 'bundle', label: 'Evidence bundle: with proofs, for anyone to verify' },
  { value: 'jsonl', label: 'JSON Lines: one entry a line' },
  { value: 'csv', label: 'CSV: for a spreadsheet' },
];
const WITHHOLD = [
  { value: 'nothing', label: 'Nothing: every field as it is' },
  { value: 'redactable', label: 'Free text, such as reasons' },
];

const WORDS = {
  running: ['busy', 'exporting'],
  done: ['ok', 'saved'],
  cancelled: ['idle', 'cancelled: no file was written'],
  failed: ['bad', 'failed: no file was written'],
} as const;

function Progress({ status }: { readonly status: ExportStatus }) {
  if (status.state === 'none') return null;
  const { rows, total, bytes, path, message } = status;
  const [tone, word] = WORDS[status.state];
  const size = formatBytes(bytes);
  const of = total === null ? '' : ` of ${formatCount(total)}`;
  return (
    <div role="status" className="flex flex-col gap-1.5 px-5 text-body" data-testid="export-status">
      <State tone={tone} word={word} />
      {status.state === 'running' || status.state === 'done' ? (
        <>
          <progress
            aria-label="Progress of the export"
            className="w-full"
            {...(total === null && status.state === 'running'
              ? {}
              : { max: total || 1, value: status.state === 'done' ? total || 1 : rows })}
          />
          <span className="text-small text-soft tabular-nums">
            {formatCount(rows)}
            {of} rows, {size.figure} {size.unit}
          </span>
          <code className="select-all break-all font-mono text-faint text-small">{path}</code>
        </>
      ) : null}
      {message ? <p role="alert">{message}</p> : null}
    </div>
  );
}

/** One export of this dialog: what main says of an earlier one is not shown. */
function useExport() {
  const bridge = useBridge();
  const polled = useAsk('evidence.exportStatus', { everyMs: PROGRESS_MS });
  const start = useAction((request: ExportRequest) => bridge.ask('evidence.export', request));
  const cancel = useAction(() => bridge.ask('evidence.cancelExport', undefined));
  const begun = start.action.state === 'done' && start.action.value.state !== 'none';
  const latest = polled.data;
  const mine = begun && start.action.state === 'done' ? start.action.value : null;
  // The poll may still hold what was before this one began.
  const status = latest && (latest.state === 'running' || latest.path === mine?.path) ? latest : mine;
  return { start, cancel, status };
}

interface ExportProps {
  readonly filter: LedgerFilter;
  readonly onClose: () => void;
}

/** What the list shows, as a file. Where it goes is asked by the system: this page cannot name a file. */
export function ExportDialog({ filter, onClose }: ExportProps) {
  const [format, setFormat] = useState('bundle');
  const [withhold, setWithhold] = useState('nothing');
  const { start, cancel, status } = useExport();
  const busy = start.action.state === 'running' || status?.state === 'running';
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    void start.run({ format, withhold, filter: queryOf(filter) } as ExportRequest);
  };
  return (
    <Dialog
      open
      title="Export the ledger"
      description={
        isNarrowed(filter) ? 'The entries that the filter leaves, in a file.' : 'All entries, in a file.'
      }
      testId="export-dialog"
      onClose={onClose}
    >
      <form onSubmit={submit} className="flex flex-col gap-4 pt-4">
        <div className="flex flex-col gap-3 px-5">
          <Field label="Format">
            {(aria) => (
              <Select {...aria} value={format} options={FORMATS} disabled={busy} onValue={setFormat} />
            )}
          </Field>
          <Field label="Withhold" hint="A bundle with withheld fields still verifies.">
            {(aria) => (
              <Select {...aria} value={withhold} options={WITHHOLD} disabled={busy} onValue={setWithhold} />
            )}
          </Field>
        </div>
        {status ? <Progress status={status} /> : null}
        {start.action.state === 'failed' ? (
          <p role="alert" className="px-5 text-bad text-body">
            {start.action.error.message}
          </p>
        ) : null}
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          {status?.state === 'running' ? (
            <Button onClick={() => void cancel.run()}>Cancel the export</Button>
          ) : (
            <Button type="submit" kind="primary" disabled={busy}>
              Choose a file and export
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

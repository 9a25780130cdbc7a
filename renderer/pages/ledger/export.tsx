import { useState } from 'react';
import type { ExportRequest } from '../../../shared/ipc/evidence.ts';
import type { LedgerFilter } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { DialogFailure } from '../parts/dialog-failure.tsx';
import { ExportProgress, useExport } from '../parts/exporting.tsx';
import { isNarrowed, queryOf } from './filter.ts';

const FORMATS = [
  { value: 'bundle', label: 'Evidence bundle: with proofs, for anyone to verify' },
  { value: 'jsonl', label: 'JSON Lines: one entry a line' },
  { value: 'ocsf', label: 'OCSF events: for a SIEM' },
  { value: 'csv', label: 'CSV: for a spreadsheet' },
];
const WITHHOLD = [
  { value: 'nothing', label: 'Nothing: every field as it is' },
  { value: 'redactable', label: 'Free text, such as reasons' },
];

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
        {status ? <ExportProgress status={status} /> : null}
        <DialogFailure action={start.action} />
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

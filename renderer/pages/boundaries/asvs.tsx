import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { ExportProgress, useExport } from '../parts/exporting.tsx';

const FORMATS = [
  { value: 'markdown', label: 'Markdown: to read' },
  { value: 'csv', label: 'CSV: for a spreadsheet' },
] as const;
type Format = (typeof FORMATS)[number]['value'];

/** What the probes found last, by requirement of OWASP ASVS, in a file. */
export function AsvsDialog({ onClose }: { readonly onClose: () => void }) {
  const [format, setFormat] = useState<Format>('markdown');
  const { start, status } = useExport();
  const busy = start.action.state === 'running' || status?.state === 'running';
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    void start.run({ report: 'asvs', format });
  };
  return (
    <Dialog
      open
      title="Evidence for OWASP ASVS"
      description="Each requirement that a control serves, the probe that attacks it, and what it found last."
      testId="asvs-dialog"
      onClose={onClose}
    >
      <form onSubmit={submit} className="flex flex-col gap-4 pt-4">
        <div className="px-5">
          <Field label="Format" hint="It is evidence, and no assessment.">
            {(aria) => (
              <Select
                {...aria}
                value={format}
                options={FORMATS}
                disabled={busy}
                onValue={(value) => setFormat(value as Format)}
              />
            )}
          </Field>
        </div>
        {status ? <ExportProgress status={status} rows={false} /> : null}
        {start.action.state === 'failed' ? (
          <p role="alert" className="px-5 text-bad text-body">
            {start.action.error.message}
          </p>
        ) : null}
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" kind="primary" disabled={busy}>
            Choose a file and save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

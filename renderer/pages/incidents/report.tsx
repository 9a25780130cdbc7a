import { useState } from 'react';
import type { ExportRequest } from '../../../shared/ipc/evidence.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { ExportProgress, useExport } from '../parts/exporting.tsx';

const FILES = [
  { value: 'pdf', label: 'Report as PDF: to read and to print' },
  { value: 'markdown', label: 'Report as Markdown: to go on writing' },
  { value: 'evidence', label: 'Evidence bundle: the entries with their proofs' },
] as const;
type File = (typeof FILES)[number]['value'];

/** Times stand in UTC and as the clock of this machine shows them. */
const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const requestOf = (file: File, incidentId: string): ExportRequest =>
  file === 'evidence'
    ? { report: 'incident-evidence', incidentId }
    : { report: 'incident', incidentId, format: file, zone: ownZone() };

interface ReportProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** What people outside of the console get. Where it goes is asked by the system: this page cannot name a file. */
export function ReportDialog({ id, onClose }: ReportProps) {
  const [file, setFile] = useState<File>('pdf');
  const { start, cancel, status } = useExport();
  const running = status?.state === 'running';
  const busy = start.action.state === 'running' || running;
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    void start.run(requestOf(file, id));
  };
  return (
    <Dialog
      open
      title="Report of the incident"
      description="What happened, what was done by whom, what is open, and the signed head that it rests on."
      testId="report-dialog"
      onClose={onClose}
    >
      <form onSubmit={submit} className="flex flex-col gap-4 pt-4">
        <div className="px-5">
          <Field label="File" hint="The report names the bundle, and the command that verifies it.">
            {(aria) => (
              <Select
                {...aria}
                value={file}
                options={FILES}
                disabled={busy}
                onValue={(value) => setFile(value as File)}
              />
            )}
          </Field>
        </div>
        {status ? <ExportProgress status={status} rows={file === 'evidence'} /> : null}
        {start.action.state === 'failed' ? (
          <p role="alert" className="px-5 text-bad text-body">
            {start.action.error.message}
          </p>
        ) : null}
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          {running ? (
            <Button onClick={() => void cancel.run()}>Cancel</Button>
          ) : (
            <Button type="submit" kind="primary" disabled={busy}>
              Choose a file and save
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

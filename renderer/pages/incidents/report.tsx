import type { ExportRequest } from '../../../shared/ipc/evidence.ts';
import { SaveDialog } from '../parts/save-dialog.tsx';

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

/** What people outside of the console get. */
export function ReportDialog({ id, onClose }: ReportProps) {
  return (
    <SaveDialog
      title="Report of the incident"
      description="What happened, what was done by whom, what is open, and the signed head that it rests on."
      testId="report-dialog"
      label="File"
      hint="The report names the bundle, and the command that verifies it."
      kinds={FILES}
      requestOf={(file) => requestOf(file, id)}
      hasRows={(file) => file === 'evidence'}
      onClose={onClose}
    />
  );
}

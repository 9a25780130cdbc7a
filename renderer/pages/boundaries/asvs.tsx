import { SaveDialog } from '../parts/save-dialog.tsx';

const FORMATS = [
  { value: 'markdown', label: 'Markdown: to read' },
  { value: 'csv', label: 'CSV: for a spreadsheet' },
] as const;

/** What the probes found last, by requirement of OWASP ASVS, in a file. */
export function AsvsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <SaveDialog
      title="Evidence for OWASP ASVS"
      description="Each requirement that a control serves, the probe that attacks it, and what it found last."
      testId="asvs-dialog"
      label="Format"
      hint="It is evidence, and no assessment."
      kinds={FORMATS}
      requestOf={(format) => ({ report: 'asvs', format })}
      onClose={onClose}
    />
  );
}

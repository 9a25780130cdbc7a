import { useState } from 'react';
import { type ExportFormat, MOST_ON_A_SHEET } from '../../../shared/http/mint-exports.ts';
import type { MintJob } from '../../../shared/http/mint-jobs.ts';
import { Field, Input, Select } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useAct } from './use-minting.ts';

const FORMATS: readonly { readonly value: ExportFormat; readonly label: string; readonly hint: string }[] = [
  {
    ...{ value: 'jsonl', label: 'List: JSON Lines' },
    hint: 'The whole batch, with what proves that none is missing.',
  },
  { value: 'csv', label: 'List: CSV', hint: 'The whole batch, for a table. It carries the same proof.' },
  { value: 'svg', label: 'Sheet: SVG', hint: 'QR codes for the printer; one picture of all pages.' },
  { value: 'pdf', label: 'Sheet: PDF', hint: 'QR codes for the printer; A4 pages of 35 codes.' },
];

/** Of a list: all of the batch, or what was made in place of voided tokens alone. */
const holdings = ({ reissued }: MintJob) => [
  { value: 'batch', label: 'The whole batch' },
  { value: 'reissued', label: `Only the ${formatCount(reissued)} re-issued` },
];
const REISSUED_HINT =
  'Nothing but the codes that take the place of voided ones. The ledger tells each of them, so that verify finds one too many.';

const isSheet = (format: string): boolean => format === 'svg' || format === 'pdf';
const positionOf = (text: string): number => (/^[1-9]\d{0,6}$/.test(text.trim()) ? Number(text.trim()) : 0);

interface Part {
  readonly first: number;
  readonly rows: number;
}

/** What is wrong with the part of the batch that a sheet shows. */
function partProblems({ first, rows }: Part, all: number): { first?: string; rows?: string } {
  const last = formatCount(all);
  if (first < 1 || first > all) return { first: `A position from 1 to ${last}.` };
  const most = Math.min(MOST_ON_A_SHEET, all - first + 1);
  return rows < 1 || rows > most ? { rows: `From 1 to ${formatCount(most)} from there.` } : {};
}

interface PositionProps {
  readonly label: string;
  readonly hint: string;
  readonly error: string | undefined;
  readonly value: string;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
}

const Position = ({ label, hint, error, value, disabled, onText }: PositionProps) => (
  <Field label={label} hint={hint} error={error}>
    {(aria) => (
      <Input
        {...aria}
        inputMode="numeric"
        maxLength={7}
        className="w-full text-right"
        value={value}
        disabled={disabled}
        onChange={(event) => onText(event.target.value)}
      />
    )}
  </Field>
);

interface ExportProps {
  readonly job: MintJob;
  readonly blocked: string | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Where a sheet may begin, and from where on it shows re-issued tokens. */
const whereHint = ({ quantity, reissued }: MintJob): string => {
  const all = `The batch has 1 to ${formatCount(quantity + reissued)}.`;
  return reissued === 0 ? all : `${all} From ${formatCount(quantity + 1)} on they are re-issued.`;
};

/** Orders a file of a completed batch: a list of all of it or of its re-issued tokens, or a sheet of QR codes of a part. */
export function ExportBatch({ job, blocked, onClose, onDone }: ExportProps) {
  const all = job.quantity + job.reissued;
  const [format, setFormat] = useState<string>('jsonl');
  const [holds, setHolds] = useState('batch');
  const [first, setFirst] = useState('1');
  const [rows, setRows] = useState(String(Math.min(MOST_ON_A_SHEET, all)));
  const { action, run } = useAct();
  const sheet = isSheet(format);
  const part = { first: positionOf(first), rows: positionOf(rows) };
  const problems = sheet ? partProblems(part, all) : {};
  const list = holds === 'reissued' ? { first: job.quantity + 1 } : {};
  const body = { brandId: job.brandId, jobId: job.id, format, ...(sheet ? part : list) };
  if (action.state === 'done')
    return (
      <SignedDone title="Export ordered" testId="export-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          It is listed under Exports, and can be downloaded once it is ready.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      {...{ blocked, action, onClose }}
      title={`Export ${job.batchName}`}
      description="All codes of these tokens go into a file that members of the brand can read."
      testId="export-form"
      onSign={Object.keys(problems).length === 0 ? () => run('mint-exports.create', { body }) : null}
      onAttempted={onDone}
      sign="Sign and export"
      summary={<SigningSummary route="mint-exports.create" body={body} />}
    >
      {({ running }) => (
        <div className="flex flex-col gap-3 px-5">
          <Field label="File" hint={FORMATS.find(({ value }) => value === format)?.hint}>
            {(aria) => (
              <Select {...aria} value={format} disabled={running} options={FORMATS} onValue={setFormat} />
            )}
          </Field>
          {!sheet && job.reissued > 0 ? (
            <Field label="Holds" hint={holds === 'reissued' ? REISSUED_HINT : undefined}>
              {(aria) => (
                <Select
                  {...aria}
                  value={holds}
                  disabled={running}
                  options={holdings(job)}
                  onValue={setHolds}
                />
              )}
            </Field>
          ) : null}
          {sheet ? (
            <div className="grid grid-cols-2 gap-3">
              <Position
                label="From position"
                hint={whereHint(job)}
                error={problems.first}
                value={first}
                disabled={running}
                onText={setFirst}
              />
              <Position
                label="Codes"
                hint={`At most ${formatCount(MOST_ON_A_SHEET)} on a sheet.`}
                error={problems.rows}
                value={rows}
                disabled={running}
                onText={setRows}
              />
            </div>
          ) : null}
        </div>
      )}
    </SignedForm>
  );
}

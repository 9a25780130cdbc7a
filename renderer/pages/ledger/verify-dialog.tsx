import type { EvidenceFile, VerifyStatus } from '../../../shared/ipc/evidence.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';
import { DialogFailure } from '../parts/dialog-failure.tsx';
import { DialogUnread } from './unread.tsx';

const PROGRESS_MS = 300;

const FILES: readonly { readonly file: EvidenceFile; readonly label: string; readonly none: string }[] = [
  { file: 'evidence', label: 'Bundle or checkpoint', none: 'none chosen' },
  { file: 'trust', label: 'Trust file', none: 'none: whose log it is stays open' },
  { file: 'older', label: 'Older one it must continue', none: 'none' },
];

type Result = NonNullable<VerifyStatus['result']>;

/** The words of the command line, whose exit status a script would go by. */
const VERDICTS = {
  verified: ['ok', 'VERIFIED'],
  consistent: ['warn', 'CONSISTENT, ORIGIN UNVERIFIED'],
  refused: ['bad', 'NOT VERIFIED'],
  cancelled: ['idle', 'CANCELLED'],
} as const;

const EXITS: Readonly<Record<number, string>> = {
  0: 'verified by the trust file',
  1: 'refused, or it cannot be read',
  3: 'it fits together, and may be anybody’s: no trust file said whose it is',
};

function Verdict({ result }: { readonly result: Result }) {
  const [tone, word] = VERDICTS[result.verdict];
  return (
    <>
      <State tone={tone} word={word} />
      {result.firstBad === null ? null : (
        <p role="alert" className="text-bad">
          First bad number: {formatCount(result.firstBad)}
        </p>
      )}
      <pre className="max-h-48 select-all overflow-auto whitespace-pre-wrap break-all font-mono text-small">
        {result.words}
      </pre>
      <p className="text-small text-soft">
        Exit status of the command line: {result.exit}, {EXITS[result.exit] ?? 'nothing is known'}.
      </p>
    </>
  );
}

function Running({ status }: { readonly status: VerifyStatus }) {
  const { numbers, of, bytes, totalBytes } = status;
  const [read, whole] = [formatBytes(bytes), formatBytes(totalBytes ?? bytes)];
  return (
    <>
      <State tone="busy" word="verifying" />
      <progress
        aria-label="Progress of the verification"
        className="w-full"
        {...(totalBytes === null ? {} : { max: totalBytes || 1, value: bytes })}
      />
      <span className="text-small text-soft tabular-nums">
        {formatCount(numbers)} of {formatCount(of)} numbers, {read.figure} {read.unit} of {whole.figure}{' '}
        {whole.unit}
      </span>
    </>
  );
}

function Outcome({ status }: { readonly status: VerifyStatus }) {
  if (status.state === 'none') return null;
  return (
    <div role="status" className="flex flex-col gap-1.5 px-5 text-body" data-testid="verify-status">
      {status.state === 'running' ? <Running status={status} /> : null}
      {status.state === 'done' && status.result ? <Verdict result={status.result} /> : null}
      {status.state === 'cancelled' ? <State tone="idle" word="CANCELLED: nothing is known" /> : null}
      {status.state === 'failed' ? (
        <>
          <State tone="bad" word="NOT VERIFIED: nothing could be judged" />
          <p role="alert">{status.message}</p>
        </>
      ) : null}
    </div>
  );
}

interface ChoicesProps {
  readonly files: VerifyStatus['files'];
  readonly disabled: boolean;
  readonly onChoose: (file: EvidenceFile, act: 'choose' | 'forget') => void;
}

const Choices = ({ files, disabled, onChoose }: ChoicesProps) => (
  <dl className="grid grid-cols-[max-content_1fr_max-content] items-center gap-x-4 gap-y-2 px-5 text-body">
    {FILES.map(({ file, label, none }) => (
      <div key={file} className="contents">
        <dt className="text-soft">{label}</dt>
        <dd className="min-w-0 truncate font-mono text-small">{files[file] ?? none}</dd>
        <dd className="flex justify-end gap-2">
          {files[file] !== null && file !== 'evidence' ? (
            <Button
              small
              disabled={disabled}
              aria-label={`Remove: ${label}`}
              onClick={() => onChoose(file, 'forget')}
            >
              Remove
            </Button>
          ) : null}
          <Button
            small
            disabled={disabled}
            aria-label={`Choose: ${label}`}
            onClick={() => onChoose(file, 'choose')}
          >
            Choose…
          </Button>
        </dd>
      </div>
    ))}
  </dl>
);

const NO_FILES = { evidence: null, trust: null, older: null };

/** `verify` of the command line on files that a person chooses in the system's dialog: this page learns their names. */
export function VerifyDialog({ onClose }: { readonly onClose: () => void }) {
  const bridge = useBridge();
  const { data: status, error, retry } = useAsk('evidence.verifyStatus', { everyMs: PROGRESS_MS });
  const act = useAction(async (ask: () => Promise<VerifyStatus>) => {
    await ask();
    retry();
  });
  const running = status?.state === 'running';
  const busy = running || act.action.state === 'running';
  const files = status?.files ?? NO_FILES;
  return (
    <Dialog
      open
      title="Verify evidence"
      description="A bundle or checkpoint, judged on this machine. Pin by a trust file that came another way than what it judges."
      testId="verify-dialog"
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 pt-4">
        <Choices
          files={files}
          disabled={busy}
          onChoose={(file, what) => void act.run(() => bridge.ask('evidence.choose', { file, act: what }))}
        />
        {status ? <Outcome status={status} /> : null}
        {error ? <DialogUnread error={error} what="the progress is not known" onRetry={retry} /> : null}
        <DialogFailure action={act.action} />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          {running ? (
            <Button onClick={() => void act.run(() => bridge.ask('evidence.cancelVerify', undefined))}>
              Cancel the verification
            </Button>
          ) : (
            <Button
              kind="primary"
              disabled={busy || files.evidence === null}
              onClick={() => void act.run(() => bridge.ask('evidence.verify', undefined))}
            >
              Verify
            </Button>
          )}
        </DialogActions>
      </div>
    </Dialog>
  );
}

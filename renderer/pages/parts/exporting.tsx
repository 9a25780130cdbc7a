import type { ExportRequest, ExportStatus } from '../../../shared/ipc/evidence.ts';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { formatBytes, formatCount } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';

/** How often a running export is asked how far it is. */
const PROGRESS_MS = 300;

const WORDS = {
  running: ['busy', 'exporting'],
  done: ['ok', 'saved'],
  cancelled: ['idle', 'cancelled: no file was written'],
  failed: ['bad', 'failed: no file was written'],
} as const;

interface ProgressProps {
  readonly status: ExportStatus;
  /** False for a file that has none. */
  readonly rows?: boolean;
}

/** How far the file is, and where it lies. */
export function ExportProgress({ status, rows: hasRows = true }: ProgressProps) {
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
            {hasRows ? `${formatCount(rows)}${of} rows, ` : ''}
            {size.figure} {size.unit}
          </span>
          <code className="select-all break-all font-mono text-faint text-small">{path}</code>
        </>
      ) : null}
      {message ? <p role="alert">{message}</p> : null}
    </div>
  );
}

/** One export of this dialog: what main says of an earlier one is not shown. */
export function useExport() {
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

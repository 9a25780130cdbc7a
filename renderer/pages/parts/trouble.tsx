import type { BridgeError } from '../../bridge/error.ts';
import { useService } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { formatDuration } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { State } from '../../ui/state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { PROCESS_TONE } from './tones.ts';

interface TroubleProps {
  readonly error: BridgeError;
  /** Since when it fails, in milliseconds since the epoch. */
  readonly since: number | null;
  readonly what: string;
  readonly onRetry: () => void;
}

/** Why there is nothing to show: the service is not there, the vault is locked, or the attempt failed. */
export function Trouble({ error, since, what, onRetry }: TroubleProps) {
  if (error.code === 'service-down') return <Offline since={since} what={what} onRetry={onRetry} />;
  return (
    <EmptyState
      testId="error"
      tone="bad"
      title={`Could not read ${what}`}
      actions={<Button onClick={onRetry}>Retry</Button>}
    >
      <p role="alert">{error.message}</p>
      {error.requestId ? (
        <p className="text-faint text-small">
          Request <code className="select-all font-mono">{error.requestId}</code>
        </p>
      ) : null}
    </EmptyState>
  );
}

function Offline({ since, what, onRetry }: Omit<TroubleProps, 'error'>) {
  const now = useNow();
  const { status, since: stateSince } = useService();
  const start = stateSince ?? since ?? now;
  return (
    <EmptyState
      testId="offline"
      tone="warn"
      title="The service is not answering"
      actions={<Button onClick={onRetry}>Retry now</Button>}
    >
      <p>
        Waiting for it to serve {what}: {formatDuration(now - Math.min(start, since ?? start))} so far. The
        console starts it again by itself.
      </p>
      {status ? (
        <ul className="flex flex-col gap-1">
          {status.processes.map((process) => (
            <li key={process.name} className="flex items-baseline gap-3">
              <span className="w-24 text-ink">{process.name}</span>
              <State tone={PROCESS_TONE[process.state]} word={process.state} />
              <span>{process.failure?.message}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </EmptyState>
  );
}

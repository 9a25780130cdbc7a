import type { BridgeError } from '../../bridge/error.ts';
import { useService, useStores } from '../../stores/stores.tsx';
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
  const { ui } = useStores();
  const { status, since: stateSince } = useService();
  const start = Math.min(stateSince ?? now, since ?? now);
  const isDown = status?.state === 'down';
  return (
    <EmptyState
      testId="offline"
      tone={isDown ? 'bad' : 'warn'}
      title={isDown ? 'The service is down' : 'The service is not answering'}
      actions={
        <>
          <Button onClick={onRetry}>Retry now</Button>
          {isDown ? <Button onClick={() => ui.go('settings')}>Go to restart</Button> : null}
        </>
      }
    >
      <p>
        Waiting for it to serve {what}, {formatDuration(now - start)} so far.{' '}
        {isDown
          ? 'It does not come back by itself: do what is said below, then restart it.'
          : 'The console starts it again by itself.'}
      </p>
      {status ? (
        <ul className="grid grid-cols-[max-content_max-content_minmax(0,1fr)] gap-x-4 gap-y-1">
          {status.processes.map((process) => (
            <li key={process.name} className="col-span-3 grid grid-cols-subgrid items-baseline">
              <span className="text-ink">{process.name}</span>
              <State tone={PROCESS_TONE[process.state]} word={process.state} />
              <span>{process.failure?.message}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </EmptyState>
  );
}

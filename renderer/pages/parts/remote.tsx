import type { RemoteView } from '../../bridge/use-remote.ts';
import { Button } from '../../ui/button.tsx';
import { formatAge, formatDuration } from '../../ui/format.ts';
import { Banner } from '../../ui/message.tsx';
import { Shape } from '../../ui/state.tsx';
import { useNow } from '../../ui/use-now.ts';
import { Trouble } from './trouble.tsx';

interface RemoteProps<T> {
  readonly remote: RemoteView<T>;
  /** What is read, as it stands in a sentence: "the list of keys". */
  readonly what: string;
  readonly skeleton: React.ReactNode;
  readonly children: (data: T) => React.ReactNode;
}

/** A remote value in each of its states: waited for, failed, stale, here. */
export function RemoteValue<T>({ remote, what, skeleton, children }: RemoteProps<T>) {
  const { data, error } = remote;
  if (data !== undefined) {
    return (
      <>
        {error ? <Stale remote={remote} what={what} /> : null}
        {children(data)}
      </>
    );
  }
  if (error) return <Trouble error={error} since={remote.failingSince} what={what} onRetry={remote.retry} />;
  return skeleton;
}

function Stale<T>({ remote, what }: Pick<RemoteProps<T>, 'remote' | 'what'>) {
  const now = useNow();
  return (
    <Banner
      tone="warn"
      testId="stale"
      action={
        <Button small onClick={remote.retry}>
          Retry
        </Button>
      }
    >
      Showing {what} of {formatDuration(now - (remote.at ?? now))} ago. {remote.error?.message}
    </Banner>
  );
}

interface FreshnessProps {
  readonly remote: Pick<RemoteView<unknown>, 'at' | 'error'>;
  /** How often it is read: "every 2 s". */
  readonly pace: string;
}

/** How old the figures of a page are. */
export function Freshness({ remote, pace }: FreshnessProps) {
  const now = useNow();
  if (remote.at === null) return <span>Not measured yet</span>;
  return (
    <span className="inline-flex items-center gap-1.5">
      {remote.error ? <Shape tone="warn" /> : null}
      Measured {formatAge(remote.at, now)}, read {pace}
    </span>
  );
}

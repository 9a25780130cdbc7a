import type { BridgeError } from '../../bridge/error.ts';
import { Button } from '../../ui/button.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

interface Words {
  readonly tone: Tone;
  readonly word: string;
  readonly message: string;
}

/** None of these is a verified head, whatever the reason: a service that shows none may have had one. */
function wordsOf({ code, message, service }: BridgeError): Words {
  if (code === 'service-down')
    return { tone: 'warn', word: 'not verified: the service does not answer', message };
  if (code === 'locked')
    return {
      ...{ tone: 'idle', word: 'not verified: the vault is locked' },
      message: 'The head that was verified last is in the vault. Unlock it to compare.',
    };
  if (service?.status === 404)
    return {
      ...{ tone: 'warn', word: 'not verified: no head yet' },
      message: 'The service shows no signed head. A new log signs its first one with its first entry.',
    };
  return { tone: 'warn', word: 'not verified', message };
}

interface Props {
  readonly error: BridgeError;
  /** When a head was verified last, in milliseconds since the epoch; null when none was. */
  readonly at: number | null;
  readonly onRetry: () => void;
}

/** Why the newest head of the log is not verified now, and how old the one is that stands above. */
export function HeadUnread({ error, at, onRetry }: Props) {
  const now = useNow();
  const words = wordsOf(error);
  return (
    <p className="flex flex-wrap items-center gap-2 text-small" data-testid="head-unread">
      {at === null ? (
        <State tone={words.tone} word={words.word} />
      ) : (
        <>
          <State tone="warn" word="the head shown is not the newest" />
          <span className="text-soft">
            verified <RelativeTime at={new Date(at).toISOString()} now={now} />.
          </span>
        </>
      )}
      <span className="text-soft">{words.message}</span>
      <Button kind="link" small onClick={onRetry}>
        Retry
      </Button>
    </p>
  );
}

interface DialogUnreadProps {
  readonly error: BridgeError;
  /** What could not be read, as it begins a sentence. */
  readonly what: string;
  readonly onRetry: () => void;
}

/** What a dialog has instead of what it is about, with the way to try again. */
export const DialogUnread = ({ error, what, onRetry }: DialogUnreadProps) => (
  <div className="flex flex-wrap items-center gap-2 px-5 text-body" data-testid="dialog-unread">
    <State tone={error.code === 'not-available' ? 'idle' : 'warn'} word={what} />
    <span role="alert" className="text-soft">
      {error.message}
    </span>
    <Button kind="link" small onClick={onRetry}>
      Retry
    </Button>
  </div>
);

import { memo } from 'react';
import { useLive } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { Banner } from '../../ui/message.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useGaps } from './use-ledger.ts';

function Gaps({ tailFrom }: { readonly tailFrom: number }) {
  const { missing, action, fill } = useGaps(tailFrom);
  if (missing === 0) return null;
  const [entries, were] = missing === 1 ? ['entry', 'was'] : ['entries', 'were'];
  return (
    <Banner
      tone="info"
      testId="ledger-gap"
      action={
        <Button small disabled={action.state === 'running'} onClick={() => void fill()}>
          {action.state === 'running' ? 'Reading…' : 'Read them'}
        </Button>
      }
    >
      {formatCount(missing)} {entries} came faster than this screen draws and {were} left out of the live
      list.
      {action.state === 'failed' ? ` ${action.error.message}` : ''}
    </Banner>
  );
}

function Waiting() {
  const stream = useLive((s) => s.stream);
  const now = useNow();
  if (stream.state !== 'waiting') return null;
  const again = stream.retryAt === null ? 'soon' : `in ${formatDuration(stream.retryAt - now)}`;
  return (
    <Banner tone="warn" testId="stream-waiting">
      The event stream is interrupted and is opened again {again}. It resumes after the last entry: nothing is
      lost.
    </Banner>
  );
}

/** What is not whole about the list right now. */
export const LedgerStrips = memo(({ tailFrom }: { readonly tailFrom: number }) => (
  <>
    <Waiting />
    <Gaps tailFrom={tailFrom} />
  </>
));

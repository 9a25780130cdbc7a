import type { BoundariesState } from '../../../shared/http/boundaries.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

/** SPEC 10: a staged entry is numbered within 1 s, always. */
const NUMBERED_WITHIN_MS = 1000;

type Head = BoundariesState['ledger'];

function Pending({ head }: { readonly head: Head }) {
  if (head.pending === 0) return <State tone="ok" word="none: every entry is numbered" />;
  const late = head.oldestPendingMs > NUMBERED_WITHIN_MS;
  return (
    <State
      tone={late ? 'warn' : 'busy'}
      word={`${formatCount(head.pending)}, oldest waits ${formatDuration(head.oldestPendingMs)}`}
    />
  );
}

/** How long the log is and the one hash that commits to all of it. */
export function LedgerHead({ head }: { readonly head: Head }) {
  const now = useNow();
  const { ui } = useStores();
  return (
    <Section
      title="Ledger head"
      testId="ledger-head"
      aside={
        <Button kind="link" small className="-mr-2" onClick={() => ui.showLedger({})}>
          Open the ledger
        </Button>
      }
    >
      <Facts>
        <Fact label="Entries">
          <span className="font-semibold text-title tabular-nums">{formatCount(head.size)}</span>
        </Fact>
        <Fact label="Root">
          <Hash value={head.root} what="the root hash" />
        </Fact>
        <Fact label="Pending">
          <Pending head={head} />
        </Fact>
        <Fact label="Last numbered">
          {head.lastIntegratedAt ? <RelativeTime at={head.lastIntegratedAt} now={now} /> : 'never'}
        </Fact>
      </Facts>
    </Section>
  );
}

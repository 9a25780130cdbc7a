import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { formatCount } from '../../ui/format.ts';
import { Hash } from '../../ui/hash.tsx';
import { Fact, Facts } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { FullTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { InclusionProof } from './proof.tsx';
import { actorOf, saysOf } from './summary.ts';

/** Text that is compared or copied as it is. */
const Exact = ({ text, what }: { readonly text: string; readonly what: string }) => (
  <span className="flex items-start gap-1">
    <code className="min-w-0 flex-1 select-all break-all font-mono text-small leading-6">{text}</code>
    <CopyButton text={text} what={what} />
  </span>
);

const Narrow = (props: { readonly label: string; readonly onClick: () => void }) => (
  <Button kind="link" small className="-ml-2" onClick={props.onClick}>
    {props.label}
  </Button>
);

function Data({ data }: { readonly data: LedgerEntry['data'] }) {
  return Object.entries(data).map(([name, value]) => (
    <Fact key={name} label={name}>
      {typeof value === 'string' && /_[0-9a-z]{26}$/.test(value) ? (
        <Exact text={value} what={name} />
      ) : (
        <span className="break-words">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
      )}
    </Fact>
  ));
}

interface DetailProps {
  readonly entry: LedgerEntry;
  /** Undefined until the newest head was judged for the first time. */
  readonly report: HeadReport | undefined;
  /** Shows the state that the log told after this entry. */
  readonly onState: (number: number) => void;
  readonly onClose: () => void;
}

/** Everything an entry says, and the proof that it is in the log. */
export function EntryDetail({ entry, report, onState, onClose }: DetailProps) {
  const now = useNow();
  const { ui } = useStores();
  const { requestId, actor, agent, leafHash, number } = entry;
  return (
    <Drawer title={saysOf(entry)} label="Entry details" testId="ledger-detail" onClose={onClose}>
      <div className="px-4 py-2">
        <Facts>
          <Fact label="Number">
            {number === null ? (
              <State tone="busy" word="pending: staged, not numbered yet" />
            ) : (
              <>
                <span className="font-mono">{formatCount(number)}</span>{' '}
                <Narrow label="State at this entry" onClick={() => onState(number)} />
              </>
            )}
          </Fact>
          <Fact label="Time">
            <FullTime at={entry.at} now={now} />
          </Fact>
          <Fact label="Kind">
            <code className="font-mono text-small">{entry.kind}</code>{' '}
            <Narrow label="Only this kind" onClick={() => ui.showLedger({ kind: entry.kind })} />
          </Fact>
          <Fact label="Actor">
            {actorOf(entry)} <span className="text-faint">({actor.type})</span>{' '}
            <Narrow label="Only this actor" onClick={() => ui.showLedger({ actor: actor.id })} />
            {actor.name !== null && actor.name !== actor.id ? (
              <Exact text={actor.id} what="the actor's id" />
            ) : null}
          </Fact>
          {agent ? (
            <Fact label="Agent">
              <Exact text={agent} what="the agent's id" />
              <Narrow label="Only this agent" onClick={() => ui.showLedger({ agent })} />
            </Fact>
          ) : null}
          <Fact label="Request">
            {requestId ? (
              <>
                <Exact text={requestId} what="the request id" />
                <Narrow label="Only this request" onClick={() => ui.showLedger({ requestId })} />
              </>
            ) : (
              <span className="text-faint">none: the service did this by itself</span>
            )}
          </Fact>
          <Data data={entry.data} />
          <Fact label="Leaf hash">
            {leafHash ? (
              <Hash value={leafHash} what="the leaf hash" />
            ) : (
              <span className="text-faint">once it is numbered</span>
            )}
          </Fact>
          <Fact label="Entry">
            <Exact text={entry.id} what="the entry's id" />
          </Fact>
        </Facts>
        <InclusionProof entry={entry} report={report} />
      </div>
    </Drawer>
  );
}

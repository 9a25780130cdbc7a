import type { HeadReport } from '../../../shared/ipc/evidence.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { EntryDetail } from './detail.tsx';
import { LedgerEmpty } from './empty.tsx';
import { isNarrowed } from './filter.ts';
import { LedgerList } from './list.tsx';
import type { useLedger } from './use-ledger.ts';
import type { useSelection } from './use-selection.ts';

interface EntriesProps {
  readonly ledger: ReturnType<typeof useLedger>;
  readonly selecting: ReturnType<typeof useSelection>;
  /** Undefined until the newest head was judged for the first time. */
  readonly report: HeadReport | undefined;
  readonly onState: (number: number) => void;
}

/** The list in each of its states, and the details of the entry that is open. */
export function Entries({ ledger: { view, snapshot, filter }, selecting, report, onState }: EntriesProps) {
  const { selection, index, select, onAtTop, onPointing, held, show } = selecting;
  const { phase, error, count } = snapshot;
  return (
    <>
      {phase === 'loading' ? (
        <div className="flex-1 px-(--page)">
          <SkeletonRows rows={14} height={28} waitingFor="the ledger" />
        </div>
      ) : null}
      {phase === 'failed' && error ? (
        <div className="flex-1 px-(--page)">
          <Trouble
            error={error}
            since={snapshot.failingSince}
            what="the ledger"
            onRetry={() => void view.reload()}
          />
        </div>
      ) : null}
      {phase === 'ready' && count === 0 ? (
        <div className="flex-1 px-(--page)">
          <LedgerEmpty narrowed={isNarrowed(filter)} />
        </div>
      ) : null}
      {phase === 'ready' && count > 0 ? (
        <LedgerList
          snapshot={snapshot}
          selectedId={selection?.entry.id ?? null}
          selectedIndex={index}
          onSelect={show}
          onAtTop={onAtTop}
          onPointing={onPointing}
          held={held}
          onFollow={() => select(null)}
          onOlder={view.loadOlder}
        />
      ) : null}
      {selection?.open ? (
        <EntryDetail
          entry={selection.entry}
          report={report}
          onState={onState}
          onClose={() => select({ ...selection, open: false })}
        />
      ) : null}
    </>
  );
}

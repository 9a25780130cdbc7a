import { useCallback, useMemo, useRef, useState } from 'react';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { useLive } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { useListKeys } from '../parts/use-list-keys.ts';
import { EntryDetail } from './detail.tsx';
import { LedgerEmpty } from './empty.tsx';
import { ExportDialog } from './export.tsx';
import { isNarrowed } from './filter.ts';
import { LedgerList } from './list.tsx';
import { LedgerStrips } from './strips.tsx';
import { LedgerToolbar } from './toolbar.tsx';
import { useLedger } from './use-ledger.ts';
import { Verification } from './verification.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

/** How often the newest head is verified while the page is in sight. */
const HEAD_MS = 5_000;

interface Selection {
  readonly entry: LedgerEntry;
  readonly open: boolean;
}

/** Which entry the reader is at. Selecting one stops the list from moving under it. */
function useSelection(
  view: ReturnType<typeof useLedger>['view'],
  snapshot: ReturnType<typeof useLedger>['snapshot'],
) {
  const [selection, setSelection] = useState<Selection | null>(null);
  const atTop = useRef(true);
  const { count, rowAt } = snapshot;
  const id = selection?.entry.id;
  const index = useMemo(() => {
    if (id === undefined) return -1;
    for (let i = 0; i < count; i += 1) if (rowAt(i)?.id === id) return i;
    return -1;
  }, [id, count, rowAt]);

  const select = useCallback(
    (next: Selection | null) => {
      setSelection(next);
      view.setFollowing(next === null && atTop.current);
    },
    [view],
  );
  const move = (by: 1 | -1): void => {
    const entry = rowAt(Math.min(count - 1, Math.max(0, index + by)));
    if (entry) select({ entry, open: selection?.open ?? false });
  };
  const close = (): void => {
    if (selection?.open) select({ ...selection, open: false });
    else select(null);
  };
  const onAtTop = useCallback(
    (now: boolean) => {
      atTop.current = now;
      view.setFollowing(now && id === undefined);
    },
    [view, id],
  );
  return { selection, index, select, move, close, onAtTop };
}

export function LedgerPage() {
  const { view, snapshot, filter } = useLedger();
  const { selection, index, select, move, close, onAtTop } = useSelection(view, snapshot);
  const search = useRef<HTMLInputElement>(null);
  const [exporting, setExporting] = useState(false);
  const [verifying, setVerifying] = useState(false);
  const size = useLive((s) => s.next);
  const head = useAsk('evidence.head', { everyMs: HEAD_MS });
  useListKeys({
    move,
    close,
    open: () => selection && select({ ...selection, open: true }),
    search: () => search.current?.focus(),
  });
  const onSelect = useCallback((entry: LedgerEntry) => select({ entry, open: true }), [select]);
  const following = snapshot.unseen === 0 && selection === null;
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-col gap-2 px-(--page) pt-(--page) pb-3">
        <PageHeader
          title="Ledger"
          note={size === null ? null : `${size.toLocaleString('en-US')} entries numbered`}
          actions={
            <>
              <span className="flex items-center gap-1 text-faint text-small">
                <Kbd>j</Kbd>
                <Kbd>k</Kbd> move <Kbd>Enter</Kbd> open
              </span>
              <State
                tone={following ? 'ok' : 'idle'}
                word={following ? 'following' : 'standing still'}
                className="w-[112px] justify-end text-small"
              />
              <Button onClick={() => setVerifying(true)}>Verify a file</Button>
              <Button onClick={() => setExporting(true)}>Export</Button>
            </>
          }
        />
        <LedgerToolbar filter={filter} searchRef={search} />
      </div>
      <Verification remote={head} />
      {exporting ? <ExportDialog filter={filter} onClose={() => setExporting(false)} /> : null}
      {verifying ? <VerifyDialog onClose={() => setVerifying(false)} /> : null}
      <LedgerStrips tailFrom={snapshot.tailFrom} />
      <div className="flex min-h-0 flex-1 border-line border-t">
        {snapshot.phase === 'loading' ? (
          <div className="flex-1 px-(--page)">
            <SkeletonRows rows={14} height={28} waitingFor="the ledger" />
          </div>
        ) : null}
        {snapshot.phase === 'failed' && snapshot.error ? (
          <div className="px-(--page)">
            <Trouble
              error={snapshot.error}
              since={snapshot.failingSince}
              what="the ledger"
              onRetry={() => void view.reload()}
            />
          </div>
        ) : null}
        {snapshot.phase === 'ready' && snapshot.count === 0 ? (
          <div className="px-(--page)">
            <LedgerEmpty narrowed={isNarrowed(filter)} />
          </div>
        ) : null}
        {snapshot.phase === 'ready' && snapshot.count > 0 ? (
          <LedgerList
            snapshot={snapshot}
            selectedId={selection?.entry.id ?? null}
            selectedIndex={index}
            onSelect={onSelect}
            onAtTop={onAtTop}
            onFollow={() => select(null)}
            onOlder={view.loadOlder}
          />
        ) : null}
        {selection?.open ? (
          <EntryDetail
            entry={selection.entry}
            report={head.data}
            onClose={() => select({ ...selection, open: false })}
          />
        ) : null}
      </div>
    </div>
  );
}

import { useCallback, useMemo, useRef, useState } from 'react';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import type { useLedger } from './use-ledger.ts';

interface Selection {
  readonly entry: LedgerEntry;
  readonly open: boolean;
}

/** Which entry the reader is at. Selecting one stops the list from moving under it, and so does pointing at it. */
export function useSelection(
  view: ReturnType<typeof useLedger>['view'],
  snapshot: ReturnType<typeof useLedger>['snapshot'],
) {
  const [selection, setSelection] = useState<Selection | null>(null);
  const atTop = useRef(true);
  const pointing = useRef(false);
  const [held, setHeld] = useState(false);
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
      view.setFollowing(next === null && atTop.current && !pointing.current);
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
      view.setFollowing(now && id === undefined && !pointing.current);
    },
    [view, id],
  );
  const onPointing = useCallback(
    (now: boolean) => {
      pointing.current = now;
      view.setFollowing(!now && id === undefined && atTop.current);
      setHeld(now && id === undefined && atTop.current);
    },
    [view, id],
  );
  const show = useCallback((entry: LedgerEntry) => select({ entry, open: true }), [select]);
  return { selection, index, select, move, close, onAtTop, onPointing, held, show };
}

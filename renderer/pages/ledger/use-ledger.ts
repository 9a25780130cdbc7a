import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import type { Gap } from '../../stores/numbered.ts';
import { useLive, useStores, useUi } from '../../stores/stores.tsx';
import { fillGap } from './gaps.ts';
import { LedgerView } from './view.ts';

/** How often a first page that could not be read is tried again. */
const RETRY_MS = 2000;

/** The ledger as the filter narrows it, live. */
export function useLedger() {
  const bridge = useBridge();
  const { live } = useStores();
  const filter = useUi((s) => s.ledgerFilter);
  const view = useMemo(
    () => new LedgerView({ call: bridge.call, live, filter, now: Date.now }),
    [bridge, live, filter],
  );
  useEffect(() => view.start(), [view]);
  const snapshot = useSyncExternalStore(view.subscribe, view.snapshot);
  const { phase } = snapshot;
  useEffect(() => {
    if (phase !== 'failed') return;
    const timer = setInterval(() => void view.reload(), RETRY_MS);
    return () => clearInterval(timer);
  }, [view, phase]);
  return { view, snapshot, filter };
}

/** What the stream left out of the tail that begins at this number, and the means to read it. */
export function useGaps(tailFrom: number) {
  const bridge = useBridge();
  const { live } = useStores();
  const gaps = useLive((s) => s.gaps).filter((gap) => gap.to >= tailFrom);
  const missing = gaps.reduce((sum, gap) => sum + gap.to - gap.from + 1, 0);
  const filling = useAction(async (list: readonly Gap[]) => {
    for (const gap of [...list].reverse()) await fillGap(bridge.call, live, gap);
  });
  return { missing, action: filling.action, fill: () => filling.run(gaps) };
}

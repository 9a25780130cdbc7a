import { useEffect, useRef, useState } from 'react';
import { useBridge } from '../../bridge/context.tsx';
import { useAction } from '../../bridge/use-action.ts';
import { useAsk } from '../../bridge/use-remote.ts';
import { linkOf } from '../../stores/ledger-link.ts';
import { useLive, useStores, useUi } from '../../stores/stores.tsx';
import { Button, Segments } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Banner } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { useListKeys } from '../parts/use-list-keys.ts';
import { AsOf } from './as-of.tsx';
import { CheckpointDialog } from './checkpoint-dialog.tsx';
import { DropZone } from './drop-zone.tsx';
import { Entries } from './entries.tsx';
import { ExportDialog } from './export.tsx';
import { Facets } from './facets.tsx';
import { Histogram } from './histogram.tsx';
import { LedgerStrips } from './strips.tsx';
import { LedgerToolbar } from './toolbar.tsx';
import { useLedger } from './use-ledger.ts';
import { useSelection } from './use-selection.ts';
import { Verification } from './verification.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

/** How often the newest head is verified while the page is in sight. */
const HEAD_MS = 5_000;

const MODES = [
  { value: 'entries', label: 'Entries' },
  { value: 'as-of', label: 'As of' },
] as const;
type Mode = (typeof MODES)[number]['value'];

/** Opens entries by their number, wherever in the log they are: those that links lead to, too. */
function useOpening(show: ReturnType<typeof useSelection>['show'], onOpened: () => void) {
  const bridge = useBridge();
  const { ui } = useStores();
  const wanted = useUi((s) => s.wantedEntry);
  const opening = useAction(async (number: number) => {
    const { body } = await bridge.call('ledger.entry', { params: { number: String(number) } });
    onOpened();
    show(body);
  });
  const { run } = opening;
  const open = useRef(run);
  open.current = run;
  useEffect(() => {
    if (wanted === null) return;
    ui.takeWantedEntry();
    void open.current(wanted);
  }, [wanted, ui]);
  return opening;
}

export function LedgerPage() {
  const ledger = useLedger();
  const { filter, snapshot, view } = ledger;
  const selecting = useSelection(view, snapshot);
  const { selection, select, move, close, show } = selecting;
  const search = useRef<HTMLInputElement>(null);
  const [exporting, setExporting] = useState(false);
  const [mode, setMode] = useState<Mode>('entries');
  const [start, setStart] = useState<number | null>(null);
  const [verifying, setVerifying] = useState(false);
  const [comparing, setComparing] = useState(false);
  const size = useLive((s) => s.next);
  const head = useAsk('evidence.head', { everyMs: HEAD_MS });
  const opening = useOpening(show, () => setMode('entries'));
  useListKeys({
    move,
    close,
    open: () => selection && select({ ...selection, open: true }),
    search: () => search.current?.focus(),
  });
  const following = snapshot.unseen === 0 && selection === null;
  const link = linkOf({ filter, entry: selection?.entry.number ?? null });
  return (
    <DropZone onVerifying={() => setVerifying(true)}>
      <div className="@container flex flex-col gap-2 px-(--page) pt-(--page) pb-3">
        <PageHeader
          title="Ledger"
          note={size === null ? null : `${size.toLocaleString('en-US')} entries numbered`}
          actions={
            <>
              <span className="flex items-center gap-1 text-faint text-small @max-[800px]:hidden">
                <Kbd>j</Kbd>
                <Kbd>k</Kbd> move <Kbd>Enter</Kbd> open
              </span>
              <State
                tone={following ? 'ok' : 'idle'}
                word={following ? 'following' : 'standing still'}
                className="w-[112px] justify-end text-small"
              />
              <Segments
                label="What the ledger shows"
                value={mode}
                options={MODES}
                onChange={(chosen) => {
                  setStart(null);
                  setMode(chosen);
                }}
              />
              <CopyButton text={link} what="a link to this view" />
              <Button onClick={() => setComparing(true)}>Checkpoint</Button>
              <Button onClick={() => setVerifying(true)}>Verify a file</Button>
              <Button onClick={() => setExporting(true)}>Export</Button>
            </>
          }
        />
        <LedgerToolbar filter={filter} searchRef={search} />
      </div>
      <Verification remote={head} />
      {exporting ? <ExportDialog filter={filter} onClose={() => setExporting(false)} /> : null}
      {comparing ? <CheckpointDialog onClose={() => setComparing(false)} /> : null}
      {verifying ? <VerifyDialog onClose={() => setVerifying(false)} /> : null}
      <LedgerStrips tailFrom={snapshot.tailFrom} />
      {opening.action.state === 'failed' ? (
        <Banner tone="warn" role="alert" testId="entry-unread">
          The entry could not be opened. {opening.action.error.message}
        </Banner>
      ) : null}
      {mode === 'entries' ? <Histogram filter={filter} /> : null}
      <div className="flex min-h-0 flex-1 border-line border-t">
        {mode === 'entries' ? (
          <>
            <Facets filter={filter} />
            <Entries
              {...{ ledger, selecting }}
              report={head.data}
              onState={(number) => {
                setStart(number);
                setMode('as-of');
              }}
            />
          </>
        ) : (
          <AsOf size={size} start={start} onEntry={(number) => void opening.run(number)} />
        )}
      </div>
    </DropZone>
  );
}

import { useEffect } from 'react';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { useUi } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatCount } from '../../ui/format.ts';
import { ArrowUpIcon } from '../../ui/icons.tsx';
import { useFixedRows } from '../../ui/use-fixed-rows.ts';
import { useNow } from '../../ui/use-now.ts';
import { COLUMNS, Row } from './row.tsx';
import { usePointing } from './use-pointing.ts';
import type { LedgerSnapshot, Older } from './view.ts';

const ROW_HEIGHT = { compact: 28, comfortable: 36 } as const;
/** Rows from the end at which the next page is asked for. */
const AHEAD = 40;

const OLDER_SAYS: Record<Older, string> = {
  idle: '',
  loading: 'Reading older entries…',
  end: 'This is the beginning.',
  capped: 'This list is long enough. Choose a time range to look further back.',
  failed: 'Older entries could not be read.',
};

interface ListProps {
  readonly snapshot: LedgerSnapshot;
  readonly selectedId: string | null;
  /** Position of the selected row, to keep it in sight; -1 when there is none. */
  readonly selectedIndex: number;
  readonly onSelect: (entry: LedgerEntry) => void;
  readonly onAtTop: (atTop: boolean) => void;
  readonly onPointing: (pointing: boolean) => void;
  /** It stands still for a moment, because somebody points at it. */
  readonly held: boolean;
  readonly onFollow: () => void;
  readonly onOlder: () => void;
}

const Heads = () => (
  <thead className="block border-line border-b text-small">
    <tr className={cx(COLUMNS, 'h-8 items-center text-faint')}>
      <th scope="col" className="text-right font-medium">
        Number
      </th>
      <th scope="col" className="text-left font-medium">
        Time
      </th>
      <th scope="col" className="text-left font-medium">
        Event
      </th>
      <th scope="col" className="text-left font-medium">
        Actor
      </th>
      <th scope="col" className="text-left font-medium @max-[760px]:hidden">
        Details
      </th>
    </tr>
  </thead>
);

/** The one list of the ledger: thousands of rows, a screenful of them drawn. */
export function LedgerList(props: ListProps) {
  const { snapshot, selectedId, selectedIndex, onSelect, onAtTop, onFollow, onOlder } = props;
  const now = useNow();
  const pointing = usePointing(props.onPointing);
  const rowHeight = ROW_HEIGHT[useUi((s) => s.density)];
  const { count, rowAt } = snapshot;
  const { scroller, from, to, onScroll, show, toTop } = useFixedRows(count, rowHeight);
  const wantsOlder = snapshot.phase === 'ready' && snapshot.older === 'idle' && to > count - AHEAD;
  useEffect(() => {
    if (wantsOlder) onOlder();
  }, [wantsOlder, onOlder]);
  useEffect(() => {
    if (selectedIndex >= 0) show(selectedIndex);
  }, [show, selectedIndex]);

  return (
    <div className="@container relative flex min-h-0 min-w-0 flex-1 flex-col">
      {/* Nothing comes between the pointer and the row that it is at. */}
      {snapshot.unseen > 0 && !props.held ? (
        <Button
          kind="primary"
          small
          data-testid="new-entries"
          className="absolute top-10 left-1/2 z-10 -translate-x-1/2 shadow-panel"
          onClick={() => {
            toTop();
            onFollow();
          }}
        >
          <ArrowUpIcon size={12} />
          {formatCount(snapshot.unseen)} new
        </Button>
      ) : null}
      <table
        aria-label="Ledger entries, newest first"
        aria-rowcount={count}
        className="flex min-h-0 flex-1 flex-col"
      >
        <Heads />
        <tbody
          ref={scroller as React.RefObject<HTMLTableSectionElement | null>}
          className="block min-h-0 flex-1 overflow-auto"
          {...pointing}
          onScroll={(event) => {
            onScroll();
            onAtTop(event.currentTarget.scrollTop < rowHeight / 2);
          }}
        >
          <tr className="block" style={{ height: from * rowHeight }} />
          {Array.from({ length: to - from }, (_, i) => {
            const index = from + i;
            const entry = rowAt(index);
            return entry ? (
              // By its place and not by its entry: a stream changes what rows say, and makes and removes none.
              <Row
                key={index}
                entry={entry}
                index={index}
                now={now}
                height={rowHeight}
                selected={entry.id === selectedId}
                onSelect={onSelect}
              />
            ) : null;
          })}
          <tr className="block" style={{ height: (count - to) * rowHeight }} />
          <tr className="block">
            <td className="flex h-10 items-center gap-2 px-4 text-faint text-small">
              {OLDER_SAYS[snapshot.older]}
              {snapshot.older === 'failed' ? (
                <Button small onClick={onOlder}>
                  Retry
                </Button>
              ) : null}
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

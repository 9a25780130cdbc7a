import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import { useUi } from '../../stores/stores.tsx';
import type { IdentityView } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { useNow } from '../../ui/use-now.ts';
import { COLUMNS, type Column, GRID } from './columns.tsx';
import type { Entries } from './entry.ts';
import type { ListSnapshot } from './list.ts';
import { VIEW_LABEL } from './words.ts';

const ROW_HEIGHT = { compact: 32, comfortable: 40 } as const;
/** Rows from the end at which the next page is asked for. */
const AHEAD = 30;

type Item = Entries[IdentityView];

const columnsOf = (view: IdentityView) => COLUMNS[view] as readonly Column<Item>[];

const Heads = ({ view }: { readonly view: IdentityView }) => (
  <thead className="block border-line border-b text-small">
    <tr className={cx(GRID[view], 'h-8 items-center text-faint')}>
      {columnsOf(view).map(({ header, right, wide }) => (
        <th
          key={header}
          scope="col"
          className={cx(
            'truncate font-medium',
            right ? 'text-right' : 'text-left',
            wide && '@max-[760px]:hidden',
          )}
        >
          {header}
        </th>
      ))}
    </tr>
  </thead>
);

interface RowProps {
  readonly view: IdentityView;
  readonly item: Item;
  readonly index: number;
  readonly now: number;
  readonly height: number;
  readonly selected: boolean;
  readonly onSelect: (item: Item) => void;
}

/** One entry. Clicking it opens its details; the keyboard does the same from the list. */
const Row = memo(function Row({ view, item, index, now, height, selected, onSelect }: RowProps) {
  return (
    <tr
      data-testid="identity-row"
      data-id={item.id}
      aria-rowindex={index + 1}
      aria-selected={selected}
      onClick={() => onSelect(item)}
      style={{ height }}
      className={cx(
        GRID[view],
        'cursor-default items-center border-line border-b text-body',
        selected ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      {columnsOf(view).map(({ header, right, wide, cell }) => (
        <td
          key={header}
          className={cx('min-w-0 truncate', right && 'text-right', wide && '@max-[760px]:hidden')}
        >
          {cell(item, now)}
        </td>
      ))}
    </tr>
  );
});

interface TableProps {
  readonly view: IdentityView;
  readonly rows: readonly Item[];
  readonly more: ListSnapshot<Item>['more'];
  readonly hasMore: boolean;
  readonly selectedId: string | null;
  readonly onSelect: (item: Item) => void;
  readonly onMore: () => void;
}

/** One list of any length, a screenful of it drawn; the next page is asked for before the end is reached. */
export function IdentityTable(props: TableProps) {
  const { view, rows, more, hasMore, selectedId, onSelect, onMore } = props;
  const now = useNow();
  const scroller = useRef<HTMLTableSectionElement>(null);
  const height = ROW_HEIGHT[useUi((s) => s.density)];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  // The virtualizer remembers sizes by key; another density is another size for all of them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: height is what must trigger it.
  useEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const wantsMore = hasMore && more === 'idle' && (items.at(-1)?.index ?? 0) >= rows.length - AHEAD;
  useEffect(() => {
    if (wantsMore) onMore();
  }, [wantsMore, onMore]);
  const selectedIndex = rows.findIndex((row) => row.id === selectedId);
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [virtual, selectedIndex]);
  return (
    <div className="@container relative flex min-h-0 min-w-0 flex-1 flex-col">
      <table
        aria-label={`${VIEW_LABEL[view]}, newest first`}
        aria-rowcount={hasMore ? -1 : rows.length}
        className="flex min-h-0 flex-1 flex-col"
      >
        <Heads view={view} />
        <tbody ref={scroller} className="block min-h-0 flex-1 overflow-auto">
          <tr className="block" style={{ height: items[0]?.start ?? 0 }} />
          {items.map(({ index }) => {
            const item = rows[index];
            return item ? (
              <Row
                key={item.id}
                {...{ view, item, index, now, height, onSelect }}
                selected={item.id === selectedId}
              />
            ) : null;
          })}
          <tr className="block" style={{ height: virtual.getTotalSize() - (items.at(-1)?.end ?? 0) }} />
          <tr className="block">
            <td className="flex h-10 items-center gap-2 px-4 text-faint text-small">
              {more === 'loading' ? 'Reading older entries…' : null}
              {more === 'failed' ? 'Older entries could not be read.' : null}
              {more === 'failed' ? (
                <Button small onClick={onMore}>
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

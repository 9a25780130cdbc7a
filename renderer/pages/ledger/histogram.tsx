import { memo, useState } from 'react';
import type { LedgerHistogram } from '../../../shared/http/ledger-explore.ts';
import { useCall } from '../../bridge/use-remote.ts';
import { useStores } from '../../stores/stores.tsx';
import type { LedgerFilter } from '../../stores/ui.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';
import { type Brush, brushBy, brushedRange, spanOf } from './brush.ts';
import { queryOf } from './filter.ts';

/** How often the counts are read again while the page is in sight. */
export const OVERVIEW_MS = 10_000;
const BUCKETS = 60;

const moment = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

interface BarsProps {
  readonly histogram: LedgerHistogram;
}

/** One bar a bucket, on a zero line. Drag over them, or move with the arrows, widen with Shift and take it with Enter. */
function Bars({ histogram }: BarsProps) {
  const { ui } = useStores();
  const { buckets, widthSeconds } = histogram;
  const [brush, setBrush] = useState<Brush | null>(null);
  const [dragging, setDragging] = useState(false);
  const highest = Math.max(1, ...buckets.map(({ count }) => count));
  const span = brush && spanOf(brush, buckets.length);
  const take = (chosen: Brush | null): void => {
    if (chosen) ui.filterLedger(brushedRange(histogram, chosen));
    setBrush(null);
    setDragging(false);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const next = brushBy(brush, event.key, event.shiftKey, buckets.length);
    if (next !== undefined) setBrush(next);
    else if (event.key === 'Enter' && brush) take(brush);
    else if (event.key === 'Escape' && brush) setBrush(null);
    else return;
    // What is done here is not done to the list as well.
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      role="listbox"
      tabIndex={0}
      aria-multiselectable="true"
      aria-label="Entries by time: arrows move, Shift widens, Enter narrows the list"
      aria-activedescendant={brush ? `ledger-bucket-${brush.to}` : undefined}
      className="flex h-12 items-end gap-px border-line-strong border-b"
      onKeyDown={onKeyDown}
      onPointerLeave={() => dragging && take(brush)}
      onPointerUp={() => dragging && take(brush)}
    >
      {buckets.map(({ at, count }, place) => {
        const begins = Date.parse(at);
        const chosen = span !== null && place >= span.first && place <= span.last;
        return (
          <div
            key={at}
            id={`ledger-bucket-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={chosen}
            aria-label={`${moment(begins)} to ${moment(begins + widthSeconds * 1000)} UTC: ${formatCount(count)} entries`}
            title={`${moment(begins)} UTC: ${formatCount(count)}`}
            className={cx('flex h-full min-w-0 flex-1 items-end', chosen ? 'bg-selected' : 'hover:bg-hover')}
            onPointerDown={() => {
              setBrush({ anchor: place, to: place });
              setDragging(true);
            }}
            onPointerEnter={() => dragging && brush && setBrush({ ...brush, to: place })}
          >
            <div
              className={cx('w-full', chosen ? 'bg-accent' : 'bg-faint')}
              // A bucket that has entries is never drawn as one that has none.
              style={{ height: count === 0 ? 0 : `max(2px, ${(count / highest) * 100}%)` }}
            />
          </div>
        );
      })}
    </div>
  );
}

/** The figures behind the bars. */
const Figures = ({ histogram }: BarsProps) => (
  <div className="max-h-40 overflow-auto">
    <table aria-label="Entries by time" className="text-small">
      <thead>
        <tr className="text-left text-faint">
          <th scope="col">From (UTC)</th>
          <th scope="col" className="pl-6 text-right">
            Entries
          </th>
        </tr>
      </thead>
      <tbody>
        {histogram.buckets
          .filter(({ count }) => count > 0)
          .map(({ at, count }) => (
            <tr key={at}>
              <td className="font-mono">{moment(Date.parse(at))}</td>
              <td className="pl-6 text-right tabular-nums">{formatCount(count)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  </div>
);

function Drawn({ histogram }: BarsProps) {
  const [table, setTable] = useState(false);
  const { buckets, widthSeconds, total } = histogram;
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last)
    return (
      <p className="text-faint text-small" data-testid="histogram-empty">
        No numbered entry matches.
      </p>
    );
  const highest = Math.max(...buckets.map(({ count }) => count));
  return (
    <>
      <Bars histogram={histogram} />
      <div className="flex items-center justify-between gap-4 text-faint text-small tabular-nums">
        <span>{moment(Date.parse(first.at))} UTC</span>
        <span>
          {formatCount(total)} entries, at most {formatCount(highest)} in{' '}
          {formatDuration(widthSeconds * 1000)}
          <Button kind="link" small aria-expanded={table} onClick={() => setTable(!table)}>
            Figures
          </Button>
        </span>
        <span>{moment(Date.parse(last.at) + widthSeconds * 1000)} UTC</span>
      </div>
      {table ? <Figures histogram={histogram} /> : null}
    </>
  );
}

/** When the entries that the filter leaves happened. */
export const Histogram = memo(function Histogram({ filter }: { readonly filter: LedgerFilter }) {
  const query = { ...queryOf(filter), buckets: BUCKETS };
  const { data, error, retry } = useCall('ledger.histogram', { query }, { everyMs: OVERVIEW_MS });
  return (
    <section aria-label="Time" className="px-(--page) pb-2" data-testid="histogram">
      {data ? <Drawn histogram={data} /> : null}
      {!data && !error ? <State tone="busy" word="counting entries by time" className="text-small" /> : null}
      {error ? (
        <p className="flex items-center gap-2 text-small" data-testid="histogram-unread">
          <State tone="warn" word={data ? 'these counts are not the newest' : 'not counted by time'} />
          <span className="text-soft">{error.message}</span>
          <Button kind="link" small onClick={retry}>
            Count again
          </Button>
        </p>
      ) : null}
    </section>
  );
});

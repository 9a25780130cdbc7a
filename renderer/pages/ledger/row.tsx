import { memo } from 'react';
import type { LedgerEntry } from '../../../shared/ledger/entry.ts';
import { cx } from '../../ui/cx.ts';
import { formatCount } from '../../ui/format.ts';
import { State } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { actorOf, detailsOf, saysOf } from './summary.ts';

/** Columns of head and rows alike; the details make room when the list is narrow. */
export const COLUMNS =
  'grid grid-cols-[72px_104px_minmax(200px,1fr)_minmax(96px,0.5fr)_minmax(0,1.5fr)] gap-x-4 px-4 ' +
  '@max-[760px]:grid-cols-[72px_104px_minmax(0,1fr)_minmax(72px,0.5fr)]';

interface RowProps {
  readonly entry: LedgerEntry;
  readonly index: number;
  /** The present, to leave today's date out; a new day redraws. */
  readonly now: number;
  readonly height: number;
  readonly selected: boolean;
  readonly onSelect: (entry: LedgerEntry) => void;
}

const day = (at: number): string => new Date(at).toDateString();

/** One entry. Clicking it opens its details; the keyboard does the same from the list. */
export const Row = memo(
  function Row({ entry, index, now, height, selected, onSelect }: RowProps) {
    return (
      <tr
        data-testid="ledger-row"
        data-number={entry.number ?? undefined}
        aria-rowindex={index + 1}
        aria-selected={selected}
        onClick={() => onSelect(entry)}
        style={{ height }}
        className={cx(
          COLUMNS,
          // Its size is known and nothing sticks out of it: what changes inside costs nothing outside, and nothing at all out of sight.
          'cursor-default items-center border-line border-b text-body contain-strict [content-visibility:auto]',
          selected ? 'bg-selected' : 'hover:bg-hover',
        )}
      >
        <td className="text-right font-mono text-faint text-small">
          {entry.number === null ? <State tone="busy" word="pending" /> : formatCount(entry.number)}
        </td>
        <td className="truncate text-small text-soft">
          <LocalTime at={entry.at} now={now} />
        </td>
        <td className="flex min-w-0 items-baseline gap-2">
          <span className="truncate text-ink">{saysOf(entry)}</span>
        </td>
        <td className="truncate text-soft" title={entry.actor.id}>
          {actorOf(entry)}
        </td>
        <td className="truncate font-mono text-faint text-small @max-[760px]:hidden">{detailsOf(entry)}</td>
      </tr>
    );
  },
  (a, b) =>
    a.entry === b.entry &&
    a.index === b.index &&
    a.selected === b.selected &&
    a.height === b.height &&
    a.onSelect === b.onSelect &&
    day(a.now) === day(b.now),
);

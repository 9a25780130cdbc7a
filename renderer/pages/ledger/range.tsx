import { useEffect, useRef, useState } from 'react';
import { useStores } from '../../stores/stores.tsx';
import type { LedgerFilter } from '../../stores/ui.ts';
import { Input, Select } from '../../ui/field.tsx';

const MINUTE = 60_000;

const RANGES = [
  { value: '', label: 'Any time', ms: null },
  { value: '15m', label: 'Last 15 min', ms: 15 * MINUTE },
  { value: '1h', label: 'Last hour', ms: 60 * MINUTE },
  { value: '24h', label: 'Last 24 h', ms: 1440 * MINUTE },
  { value: '7d', label: 'Last 7 days', ms: 7 * 1440 * MINUTE },
  { value: 'custom', label: 'From … to …', ms: null },
] as const;

const pad = (value: number): string => String(value).padStart(2, '0');

/** ISO time to what a `datetime-local` input shows: the reader's own clock. */
function toLocalInput(iso: string): string {
  if (iso === '') return '';
  const d = new Date(iso);
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

const fromLocalInput = (text: string): string => (text === '' ? '' : new Date(text).toISOString());

/** The time range: a few common ones, or two points in time. */
export function RangeFilter({ filter }: { readonly filter: LedgerFilter }) {
  const { ui } = useStores();
  const [range, setRange] = useState(filter.from || filter.to ? 'custom' : '');
  /** What this control set last: anything else came from the chart, a link or a view. */
  const own = useRef<Pick<LedgerFilter, 'from' | 'to'>>(filter);
  const { from, to } = filter;
  useEffect(() => {
    if (own.current.from === from && own.current.to === to) return;
    own.current = { from, to };
    if (from || to) setRange('custom');
    else setRange((chosen) => (chosen === 'custom' ? chosen : ''));
  }, [from, to]);
  const set = (change: Partial<Pick<LedgerFilter, 'from' | 'to'>>): void => {
    own.current = { from, to, ...change };
    ui.filterLedger(change);
  };
  const choose = (value: string): void => {
    setRange(value);
    const ms = RANGES.find((option) => option.value === value)?.ms ?? null;
    if (ms !== null) set({ from: new Date(Date.now() - ms).toISOString(), to: '' });
    else if (value === '') set({ from: '', to: '' });
  };
  return (
    <>
      <Select aria-label="Time range" className="w-[128px]" value={range} options={RANGES} onValue={choose} />
      {range === 'custom' ? (
        <>
          <Input
            type="datetime-local"
            aria-label="From"
            className="w-[184px]"
            value={toLocalInput(filter.from)}
            onChange={(event) => set({ from: fromLocalInput(event.target.value) })}
          />
          <Input
            type="datetime-local"
            aria-label="To"
            className="w-[184px]"
            value={toLocalInput(filter.to)}
            onChange={(event) => set({ to: fromLocalInput(event.target.value) })}
          />
        </>
      ) : null}
    </>
  );
}

import { useEffect, useState } from 'react';
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
  const unset = filter.from === '' && filter.to === '';
  useEffect(() => {
    // Cleared from elsewhere: the choice follows.
    if (unset) setRange((chosen) => (chosen === 'custom' ? chosen : ''));
  }, [unset]);
  const choose = (value: string): void => {
    setRange(value);
    const ms = RANGES.find((option) => option.value === value)?.ms ?? null;
    if (ms !== null) ui.filterLedger({ from: new Date(Date.now() - ms).toISOString(), to: '' });
    else if (value === '') ui.filterLedger({ from: '', to: '' });
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
            onChange={(event) => ui.filterLedger({ from: fromLocalInput(event.target.value) })}
          />
          <Input
            type="datetime-local"
            aria-label="To"
            className="w-[184px]"
            value={toLocalInput(filter.to)}
            onChange={(event) => ui.filterLedger({ to: fromLocalInput(event.target.value) })}
          />
        </>
      ) : null}
    </>
  );
}

import { useEffect, useState } from 'react';
import type { ReplayDomain } from '../../../shared/http/ledger-explore.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { Input } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { TextFilter } from '../parts/text-filter.tsx';
import { DifferenceTable, StateTable } from './as-of-tables.tsx';
import { CheckpointPicker } from './checkpoint-picker.tsx';

/** A pause in moving, after which the service is asked. */
const MOVING_MS = 250;

const DOMAINS = [
  { value: 'wallets', label: 'Wallets' },
  { value: 'holds', label: 'Holds' },
  { value: 'keys', label: 'Keys' },
  { value: 'operators', label: 'Operators' },
] as const;

interface ScrubberProps {
  readonly label: string;
  readonly value: number;
  readonly newest: number;
  readonly onValue: (number: number) => void;
}

/** A number of the log by slider and by hand; both are the same value. */
function Scrubber({ label, value, newest, onValue }: ScrubberProps) {
  const [at, setAt] = useState(value);
  const [picking, setPicking] = useState(false);
  useEffect(() => setAt(value), [value]);
  useEffect(() => {
    if (at === value) return;
    const timer = setTimeout(() => onValue(at), MOVING_MS);
    return () => clearTimeout(timer);
  }, [at, value, onValue]);
  const set = (text: string): void => {
    const number = Math.trunc(Number(text));
    if (text !== '' && Number.isFinite(number)) setAt(Math.min(newest, Math.max(0, number)));
  };
  return (
    <div className="flex min-w-0 flex-1 items-center gap-3">
      <span className="w-24 shrink-0 text-small text-soft">{label}</span>
      <input
        type="range"
        aria-label={label}
        min={0}
        max={newest}
        value={at}
        onChange={(event) => set(event.target.value)}
        className="min-w-0 flex-1"
      />
      <Input
        type="number"
        aria-label={`${label}, number`}
        min={0}
        max={newest}
        value={at}
        onChange={(event) => set(event.target.value)}
        className="w-[112px] font-mono"
      />
      <Button aria-label={`${label}: choose a checkpoint`} onClick={() => setPicking(true)}>
        Checkpoint…
      </Button>
      {picking ? (
        <CheckpointPicker
          title={`${label}: checkpoints`}
          onSize={(size) => {
            setPicking(false);
            // The last entry that a head of this size covers.
            onValue(Math.min(newest, size - 1));
          }}
          onClose={() => setPicking(false)}
        />
      ) : null}
    </div>
  );
}

interface AsOfProps {
  /** How many entries are numbered; null until the stream has said so. */
  readonly size: number | null;
  /** Where to begin; null: at the newest entry. */
  readonly start: number | null;
  readonly onEntry: (number: number) => void;
}

/** The state of wallets, holds, keys and operators at any entry, and what changed between two. */
export function AsOf({ size, start, onEntry }: AsOfProps) {
  if (size === null || size === 0)
    return (
      <EmptyState testId="as-of-empty" title="No entry is numbered yet">
        <p>The state at an entry is told by the entries up to it. It can be shown once there is one.</p>
      </EmptyState>
    );
  return <Scrubbed size={size} start={start} onEntry={onEntry} />;
}

function Scrubbed({ size, start, onEntry }: AsOfProps & { readonly size: number }) {
  const newest = size - 1;
  const [number, setNumber] = useState(Math.min(start ?? newest, newest));
  const [compared, setCompared] = useState<number | null>(null);
  const [domain, setDomain] = useState<ReplayDomain>('wallets');
  const [subject, setSubject] = useState('');
  const shown = { domain, limit: 100, ...(subject === '' ? {} : { subject }) };
  return (
    <section
      aria-label="State at an entry"
      className="flex min-h-0 min-w-0 flex-1 flex-col"
      data-testid="as-of"
    >
      <div className="flex flex-col gap-2 border-line border-b px-(--page) py-3">
        <Scrubber
          label={compared === null ? 'At entry' : 'To entry'}
          {...{ newest }}
          value={number}
          onValue={setNumber}
        />
        {compared === null ? null : (
          <Scrubber label="From entry" {...{ newest }} value={compared} onValue={setCompared} />
        )}
        <div className="flex flex-wrap items-center gap-2">
          <Segments label="What to show" value={domain} options={DOMAINS} onChange={setDomain} />
          <TextFilter
            label="One wallet, hold, key or operator"
            placeholder="Address or id"
            value={subject}
            onText={setSubject}
            className="w-[280px]"
          />
          {compared === null ? (
            <Button onClick={() => setCompared(Math.max(0, number - 1))}>Compare with another entry</Button>
          ) : (
            <Button onClick={() => setCompared(null)}>State at one entry</Button>
          )}
          <span className="text-faint text-small">{formatCount(size)} entries numbered</span>
        </div>
      </div>
      <div className="min-h-0 flex-1 overflow-auto px-(--page)">
        {compared === null ? (
          <StateTable query={{ ...shown, number }} onEntry={onEntry} />
        ) : (
          <DifferenceTable
            query={{ ...shown, from: Math.min(compared, number), to: Math.max(compared, number) }}
            onEntry={onEntry}
          />
        )}
      </div>
    </section>
  );
}

import { cx } from './cx.ts';
import { formatCount } from './format.ts';
import { Shape, type Tone } from './state.tsx';

/** From this share of a limit on, a window is nearly full. */
const NEAR = 0.8;

export const toneOfUse = (used: number, limit: number): Tone => {
  if (used >= limit) return 'bad';
  return used >= limit * NEAR ? 'warn' : 'ok';
};

const FILL: Partial<Record<Tone, string>> = { ok: 'bg-ink-soft', warn: 'bg-warn', bad: 'bg-bad' };

interface MeterProps {
  readonly label: string;
  readonly used: number;
  readonly limit: number;
}

/** Used of a limit: bar, numbers and, when it is near or full, a shape. Colour is never the only sign. */
export function Meter({ label, used, limit }: MeterProps) {
  const tone = toneOfUse(used, limit);
  const share = limit > 0 ? Math.min(1, used / limit) : 1;
  return (
    <span className="flex items-center gap-2">
      <meter className="sr-only" aria-label={label} min={0} max={limit} value={Math.min(used, limit)}>
        {used} of {limit}
      </meter>
      <span
        aria-hidden="true"
        className="relative h-1.5 min-w-16 flex-1 overflow-hidden rounded-[1px] bg-line"
      >
        <span className={cx('absolute inset-y-0 left-0', FILL[tone])} style={{ width: `${share * 100}%` }} />
      </span>
      <span className="w-[12ch] whitespace-nowrap text-right tabular-nums">
        {formatCount(used)} <span className="text-faint">/ {formatCount(limit)}</span>
      </span>
      <span className="w-2.5">{tone === 'ok' ? null : <Shape tone={tone} />}</span>
    </span>
  );
}

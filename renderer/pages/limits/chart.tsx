import {
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { formatRate } from '../../ui/format.ts';
import { evenTicks } from '../../ui/ticks.ts';
import type { RatePoint } from './use-limits.ts';

const two = (value: number): string => String(value).padStart(2, '0');

export const clock = (at: number): string => {
  const d = new Date(at);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
};

const TICK = { fill: 'var(--ink-faint)', fontSize: 11 } as const;

const wholeMinutes = (points: readonly RatePoint[]): number[] =>
  points.flatMap((point) => (point.at % 60_000 === 0 ? [point.at] : []));

interface TipProps {
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: RatePoint }[];
}

function Tip({ active, payload }: TipProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className="rounded-sm border border-line-strong bg-raised px-2 py-1 text-ink text-small shadow-panel">
      <div className="text-faint">{clock(point.at)}</div>
      <div>{formatRate(point.allowed)}/s allowed</div>
      <div className="text-bad">{formatRate(point.refused)}/s refused</div>
    </div>
  );
}

interface ChartProps {
  readonly points: readonly RatePoint[];
  /** What one address may send, in requests a second. */
  readonly ceiling: number | null;
}

/** Allowed and refused requests a second, stacked on a zero line; refused is hatched, so that it does not rest on colour. */
export function RateChart({ points, ceiling }: ChartProps) {
  const ticks = evenTicks(Math.max(ceiling ?? 0, ...points.map((point) => point.allowed + point.refused)));
  return (
    <div
      role="img"
      aria-label="Requests a second, allowed and refused; the table shows the same"
      className="h-[232px]"
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={[...points]} margin={{ top: 12, right: 0, bottom: 0, left: 0 }} barCategoryGap={1}>
          <defs>
            <pattern
              id="refused"
              width="4"
              height="4"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="4" height="4" fill="var(--bad)" opacity="0.35" />
              <rect width="2" height="4" fill="var(--bad)" />
            </pattern>
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: number) => clock(at).slice(0, 5)}
            tick={TICK}
            tickLine={false}
            stroke="var(--line-strong)"
            ticks={wholeMinutes(points)}
            minTickGap={48}
          />
          <YAxis
            width={44}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            domain={[0, ticks.at(-1) ?? 1]}
            ticks={ticks}
            tickFormatter={(value: number) => `${formatRate(value)}/s`}
          />
          <Tooltip content={<Tip />} cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} />
          {ceiling === null ? null : (
            <ReferenceLine y={ceiling} stroke="var(--ink-soft)" strokeDasharray="4 3" />
          )}
          <Bar dataKey="allowed" stackId="requests" fill="var(--ink-faint)" isAnimationActive={false} />
          <Bar dataKey="refused" stackId="requests" fill="url(#refused)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

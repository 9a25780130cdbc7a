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
import { evenTicks } from '../../ui/ticks.ts';
import { formatCredits, type SpendPoint } from './use-traffic.ts';

const TICK = { fill: 'var(--ink-faint)', fontSize: 11 } as const;
/** An empty hour has an axis too: one unit of 1e-8 credit. */
const LEAST = 1e-8;

interface TipProps {
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: SpendPoint }[];
}

export const agoOf = (minutes: number): string => (minutes === 0 ? 'this minute' : `${minutes} min ago`);

function Tip({ active, payload }: TipProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  return (
    <div className="rounded-sm border border-line-strong bg-raised px-2 py-1 text-ink text-small shadow-panel">
      <div className="text-faint">{agoOf(point.ago)}</div>
      <div className="font-mono">{point.exact} credits</div>
    </div>
  );
}

interface ChartProps {
  readonly points: readonly SpendPoint[];
  /** Credits a minute that add up to the hourly threshold; null without a baseline. */
  readonly threshold: number | null;
}

/** Credits a minute over the last hour on a zero line, with the pace at which the key becomes an alert. */
export function VelocityChart({ points, threshold }: ChartProps) {
  const ticks = evenTicks(Math.max(threshold ?? 0, ...points.map((point) => point.credits)), LEAST);
  return (
    <div
      role="img"
      aria-label="Credits a minute over the last hour; the table shows the same"
      className="h-[232px]"
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={[...points]} margin={{ top: 12, right: 0, bottom: 0, left: 0 }} barCategoryGap={1}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="ago"
            tick={TICK}
            tickLine={false}
            stroke="var(--line-strong)"
            tickFormatter={(ago: number) => (ago === 0 ? 'now' : `−${ago} min`)}
            ticks={points.flatMap(({ ago }) => (ago % 15 === 0 ? [ago] : []))}
          />
          <YAxis
            width={72}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            domain={[0, ticks.at(-1) ?? 1]}
            ticks={ticks}
            tickFormatter={(value: number) => `${formatCredits(value)}/min`}
          />
          <Tooltip content={<Tip />} cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} />
          {threshold === null ? null : (
            <ReferenceLine y={threshold} stroke="var(--bad)" strokeDasharray="4 3" />
          )}
          <Bar dataKey="credits" fill="var(--ink-faint)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

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
import type { ReplayAnswer } from '../../../shared/http/limit-replay.ts';
import { formatCount } from '../../ui/format.ts';
import { evenTicks } from '../../ui/ticks.ts';
import { clock } from './chart.tsx';

type Step = ReplayAnswer['steps'][number];

const TICK = { fill: 'var(--ink-faint)', fontSize: 11 } as const;

interface TipProps {
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: Step }[];
}

function Tip({ active, payload }: TipProps) {
  const step = payload?.[0]?.payload;
  if (!active || !step) return null;
  return (
    <div className="rounded-sm border border-line-strong bg-raised px-2 py-1 text-ink text-small shadow-panel">
      <div className="text-faint">{clock(Date.parse(step.at)).slice(0, 5)}</div>
      <div>{formatCount(step.peak)} at most in a window</div>
      <div className="text-bad">{formatCount(step.refusedByProposed)} refused by the proposed limit</div>
    </div>
  );
}

/** The fullest window of each minute, against the limit of today and the proposed one. */
export function ReplayChart({ replayed }: { readonly replayed: ReplayAnswer }) {
  const { steps, current, proposed } = replayed;
  const ticks = evenTicks(Math.max(current.limit, proposed.limit, ...steps.map(({ peak }) => peak)));
  return (
    <div
      role="img"
      aria-label="Requests asked for in the fullest window of each minute, with the current and the proposed limit; the table shows the same"
      className="h-[200px]"
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={steps} margin={{ top: 12, right: 0, bottom: 0, left: 0 }} barCategoryGap={1}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: string) => clock(Date.parse(at)).slice(0, 5)}
            tick={TICK}
            tickLine={false}
            stroke="var(--line-strong)"
            minTickGap={48}
          />
          <YAxis
            width={52}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            domain={[0, ticks.at(-1) ?? 1]}
            ticks={ticks}
            tickFormatter={(value: number) => formatCount(value)}
          />
          <Tooltip content={<Tip />} cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} />
          <ReferenceLine y={current.limit} stroke="var(--ink-soft)" strokeDasharray="4 3" />
          <ReferenceLine y={proposed.limit} stroke="var(--accent)" strokeWidth={1.5} />
          <Bar dataKey="peak" fill="var(--ink-faint)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

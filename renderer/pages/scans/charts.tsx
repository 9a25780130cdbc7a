import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { ScansSummary } from '../../../shared/http/scans.ts';
import { formatCount } from '../../ui/format.ts';
import { evenTicks } from '../../ui/ticks.ts';
import { bucketName, funnelOf } from './use-scans.ts';

const TICK = { fill: 'var(--ink-faint)', fontSize: 11 } as const;
const MARGIN = { top: 12, right: 0, bottom: 0, left: 0 };

type Bucket = ScansSummary['buckets'][number];

interface TipProps {
  readonly active?: boolean;
  readonly payload?: readonly { readonly payload?: Bucket }[];
}

function Tip({ active, payload }: TipProps) {
  const bucket = payload?.[0]?.payload;
  if (!active || !bucket) return null;
  return (
    <div className="rounded-sm border border-line-strong bg-raised px-2 py-1 text-ink text-small shadow-panel">
      <div className="text-faint">{bucket.at} UTC</div>
      <div>
        {formatCount(bucket.scans)} scans, {formatCount(bucket.activations)} activations
      </div>
      <div className="text-faint">
        apart: {formatCount(bucket.bots)} bots, {formatCount(bucket.previews)} previews
      </div>
    </div>
  );
}

/** Scans of people over time on a zero line. Bots and previews stand in the table: they are no scans. */
export function ScansChart({
  buckets,
  hours,
}: {
  readonly buckets: readonly Bucket[];
  readonly hours: number;
}) {
  const ticks = evenTicks(Math.max(0, ...buckets.map(({ scans }) => scans)), 4);
  return (
    <div
      role="img"
      aria-label={`Scans in each ${hours === 1 ? 'hour' : 'day'}; the table shows the same`}
      className="h-[232px]"
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={[...buckets]} margin={MARGIN} barCategoryGap={1}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            tick={TICK}
            tickLine={false}
            stroke="var(--line-strong)"
            minTickGap={32}
            tickFormatter={(at: string) => bucketName(at, hours)}
          />
          <YAxis
            width={64}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            domain={[0, ticks.at(-1) ?? 1]}
            ticks={ticks}
            tickFormatter={(value: number) => formatCount(value)}
          />
          <Tooltip content={<Tip />} cursor={{ fill: 'var(--hover)' }} isAnimationActive={false} />
          <Bar dataKey="scans" fill="var(--ink-faint)" isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** Tokens that wait for their first scan, step by step, all on one scale that begins at zero. */
export const FunnelChart = ({ funnel }: { readonly funnel: ScansSummary['funnel'] }) => (
  <div role="img" aria-label="Activation funnel in tokens; the table shows the same" className="h-[160px]">
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={funnelOf(funnel)} layout="vertical" margin={MARGIN} barCategoryGap={6}>
        <XAxis
          type="number"
          tick={TICK}
          tickLine={false}
          stroke="var(--line-strong)"
          domain={[0, Math.max(1, funnel.minted)]}
          tickFormatter={(value: number) => formatCount(value)}
        />
        <YAxis type="category" dataKey="step" width={80} tick={TICK} tickLine={false} axisLine={false} />
        <Bar dataKey="tokens" fill="var(--ink-faint)" isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  </div>
);

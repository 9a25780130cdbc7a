import { useState } from 'react';
import type { ScansSummary } from '../../../shared/http/scans.ts';
import { Segments } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Select } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader, Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { FunnelChart, ScansChart } from './charts.tsx';
import {
  DAYS,
  type Days,
  DEVICE_WORD,
  funnelOf,
  percent,
  REGION_WORD,
  shareOf,
  useScans,
} from './use-scans.ts';

const right = { className: 'text-right tabular-nums whitespace-nowrap w-[112px]' };

interface Share {
  readonly name: string;
  readonly count: number;
  readonly share: number | null;
}

const sharesOf = (rows: readonly { readonly name: string; readonly count: number }[]): Share[] => {
  const whole = rows.reduce((sum, { count }) => sum + count, 0);
  return rows.map((row) => ({ ...row, share: shareOf(row.count, whole) }));
};

const shareColumns = (what: string, unit: string): Column<Share>[] => [
  { id: 'name', header: what, accessorFn: (r) => r.name },
  {
    ...{ id: 'count', header: unit, accessorFn: (r) => r.count, meta: right },
    cell: ({ row }) => formatCount(row.original.count),
  },
  {
    ...{ id: 'share', header: 'Share', accessorFn: (r) => r.share ?? -1, meta: right },
    cell: ({ row }) => percent(row.original.share),
  },
];

const REGIONS = shareColumns('Region', 'Scans');
const DEVICES = shareColumns('Device class', 'Scans');
const STEPS = shareColumns('Step', 'Tokens');

type Bucket = ScansSummary['buckets'][number];
const counted = (id: Exclude<keyof Bucket, 'at'>, header: string): Column<Bucket> => ({
  ...{ id, header, accessorFn: (b) => b[id], meta: right },
  cell: ({ row }) => formatCount(row.original[id]),
});
const BUCKETS: Column<Bucket>[] = [
  { id: 'at', header: 'From (UTC)', accessorFn: (b) => b.at },
  counted('scans', 'Scans'),
  counted('activations', 'Activations'),
  counted('bots', 'Bots'),
  counted('previews', 'Previews'),
];

const Shares = ({ label, rows, columns }: { label: string; rows: Share[]; columns: Column<Share>[] }) => (
  <DataTable label={label} rows={rows} columns={columns} rowId={(r) => r.name} rowTestId="share-row" />
);

/** The number that matters, with what was kept out of it. */
const Totals = ({ summary }: { readonly summary: ScansSummary }) => {
  const { scans, activations, bots, previews } = summary.totals;
  return (
    <p className="flex items-baseline gap-3" data-testid="scan-totals">
      <span className="font-semibold text-title tabular-nums">{formatCount(scans)}</span>
      <span className="text-body text-soft">
        scans of people, {formatCount(activations)} of them activated a token. Apart and not counted:{' '}
        {formatCount(bots)} bots, {formatCount(previews)} previews. Scans are kept for{' '}
        {formatCount(summary.keptDays)} days.
      </span>
    </p>
  );
};

function Summary({ summary }: { readonly summary: ScansSummary }) {
  const { buckets, bucketHours, regions, devices, funnel } = summary;
  const { scans, bots, previews } = summary.totals;
  if (scans + bots + previews + funnel.minted === 0)
    return (
      <EmptyState title="Nobody has scanned anything yet" testId="no-scans">
        <p>Mint a batch, print its codes, and scan one: it stands here within seconds.</p>
      </EmptyState>
    );
  return (
    <>
      <Totals summary={summary} />
      <Section title="Scans over time" aside={bucketHours === 1 ? 'by hour, UTC' : 'by day, UTC'}>
        <ScansChart buckets={buckets} hours={bucketHours} />
        <details>
          <summary className="cursor-pointer py-1 text-small text-soft">Table of the chart</summary>
          <DataTable
            label="Scans over time"
            rows={buckets}
            columns={BUCKETS}
            rowId={(b) => b.at}
            rowTestId="bucket-row"
          />
        </details>
      </Section>
      <div className="grid grid-cols-2 gap-6">
        <Section title="Regions" aside="of the registry that administers the network" testId="regions">
          <Shares
            label="Regions"
            columns={REGIONS}
            rows={sharesOf(regions.map((r) => ({ name: REGION_WORD[r.region], count: r.scans })))}
          />
        </Section>
        <Section title="Device classes" testId="devices">
          <Shares
            label="Device classes"
            columns={DEVICES}
            rows={sharesOf(devices.map((d) => ({ name: DEVICE_WORD[d.device], count: d.scans })))}
          />
        </Section>
      </div>
      <Section title="Activation funnel" aside="tokens that wait for their first scan" testId="funnel">
        <FunnelChart funnel={funnel} />
        <Shares
          label="Activation funnel"
          columns={STEPS}
          rows={funnelOf(funnel).map(({ step, tokens, of }) => ({ name: step, count: tokens, share: of }))}
        />
      </Section>
    </>
  );
}

const PERIODS = DAYS.map((value) => ({ value, label: value === '1' ? '1 day' : `${value} days` }));

export function ScansPage() {
  const [brand, setBrand] = useState('');
  const [days, setDays] = useState<Days>('7');
  const scans = useScans(brand, days);
  const brands = scans.data?.brands ?? [];
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Scans"
        note={<Freshness remote={scans} pace="every 5 s" />}
        actions={
          <>
            <Select
              aria-label="Brand"
              className="w-[180px]"
              value={brand}
              onValue={setBrand}
              options={[
                { value: '', label: 'All brands' },
                ...brands.map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
            <Segments label="Period" value={days} options={PERIODS} onChange={setDays} />
          </>
        }
      />
      <RemoteValue
        remote={scans}
        what="the scans"
        skeleton={<SkeletonRows rows={8} waitingFor="the scans" />}
      >
        {(summary) => <Summary summary={summary} />}
      </RemoteValue>
    </div>
  );
}

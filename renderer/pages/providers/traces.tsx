import { useMemo } from 'react';
import type { RoutingStep, TracedGeneration } from '../../../shared/http/tokenhall-admin.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { formatCount } from '../../ui/format.ts';
import { Fact, Facts, Section } from '../../ui/section.tsx';
import { State, type Tone } from '../../ui/state.tsx';
import { FullTime, RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';

const STATE_SIGN: Record<TracedGeneration['state'], { readonly tone: Tone; readonly word: string }> = {
  held: { tone: 'busy', word: 'running' },
  settled: { tone: 'ok', word: 'paid' },
  voided: { tone: 'warn', word: 'not charged' },
  abandoned: { tone: 'bad', word: 'abandoned' },
};

const right = { className: 'text-right font-mono text-small tabular-nums whitespace-nowrap' };

const Started = ({ at }: { readonly at: string }) => <RelativeTime at={at} now={useNow()} />;

const Ended = ({ generation: { state, ended } }: { readonly generation: TracedGeneration }) => (
  <span className="flex items-center gap-2 whitespace-nowrap">
    <State {...STATE_SIGN[state]} />
    {ended ? <span className="text-faint text-small">{ended}</span> : null}
  </span>
);

const columnsFor = (onOpen: (id: string) => void): Column<TracedGeneration>[] => [
  {
    id: 'at',
    header: 'Started',
    accessorFn: (g) => g.startedAt,
    meta: { className: 'w-[120px] whitespace-nowrap' },
    cell: ({ row }) => <Started at={row.original.startedAt} />,
  },
  {
    id: 'model',
    header: 'Model',
    accessorFn: (g) => g.model,
    cell: ({ row }) => (
      <Button kind="link" small className="-ml-2" onClick={() => onOpen(row.original.id)}>
        {row.original.model}
      </Button>
    ),
  },
  { id: 'provider', header: 'Provider', accessorFn: (g) => g.provider },
  {
    id: 'state',
    header: 'End',
    accessorFn: (g) => g.state,
    cell: ({ row }) => <Ended generation={row.original} />,
  },
  {
    id: 'held',
    header: 'Held',
    accessorFn: (g) => Number(g.held),
    meta: right,
    cell: ({ row }) => row.original.held,
  },
  {
    id: 'cost',
    header: 'Cost',
    accessorFn: (g) => Number(g.cost),
    meta: right,
    cell: ({ row }) => row.original.cost,
  },
  {
    id: 'steps',
    header: 'Steps',
    accessorFn: (g) => g.trace.length,
    meta: { className: 'w-[64px] text-right tabular-nums' },
  },
];

interface TracesProps {
  readonly generations: readonly TracedGeneration[];
  readonly aside: React.ReactNode;
  readonly onOpen: (id: string) => void;
}

/** The last requests, each with the way that it took. */
export function Traces({ generations, aside, onOpen }: TracesProps) {
  const columns = useMemo(() => columnsFor(onOpen), [onOpen]);
  return (
    <Section title="Routing of requests" aside={aside} testId="traces">
      {generations.length > 0 ? (
        <div className="overflow-x-auto">
          <DataTable
            label="Routing of requests"
            rows={generations}
            columns={columns}
            rowId={(generation) => generation.id}
            rowTestId="trace-row"
          />
        </div>
      ) : (
        <p className="py-3 text-body text-soft">
          No generation has come yet. Call the API with an inference key, or let the simulator play.
        </p>
      )}
    </Section>
  );
}

const STEP_COLUMNS: Column<RoutingStep>[] = [
  {
    id: 'ms',
    header: 'At',
    accessorFn: (s) => s.ms,
    meta: right,
    cell: ({ row }) => `${formatCount(row.original.ms)} ms`,
  },
  { id: 'step', header: 'Step', accessorFn: (s) => s.step },
  {
    id: 'detail',
    header: 'Detail',
    enableSorting: false,
    cell: ({ row }) => <span className="break-words">{row.original.detail}</span>,
  },
];

const tokens = (count: number | null): string => (count === null ? 'not known' : formatCount(count));

interface TraceProps {
  readonly generation: TracedGeneration;
  readonly onClose: () => void;
}

/** Why one request went where it went, step by step, and what it cost; never what was said in it. */
export function TraceDetail({ generation, onClose }: TraceProps) {
  const now = useNow();
  const { id, model, provider, held, cost, loss, inputTokens, outputTokens, usage, startedAt } = generation;
  return (
    <Drawer
      title={`${model} by ${provider}`}
      label="Routing of one request"
      testId="trace-detail"
      onClose={onClose}
    >
      <div className="flex flex-col gap-4 px-4 py-2">
        <DataTable
          label="Steps"
          rows={generation.trace}
          columns={STEP_COLUMNS}
          rowId={(_step, index) => String(index)}
          rowTestId="step-row"
        />
        <Facts>
          <Fact label="End">
            <Ended generation={generation} />
          </Fact>
          <Fact label="Started">
            <FullTime at={startedAt} now={now} />
          </Fact>
          <Fact label="Tokens">
            {tokens(inputTokens)} in, {tokens(outputTokens)} out{usage ? `, ${usage}` : ''}
          </Fact>
          <Fact label="Held">
            <code className="font-mono text-small">{held}</code>
          </Fact>
          <Fact label="Cost">
            <code className="font-mono text-small">{cost}</code>
          </Fact>
          {Number(loss) === 0 ? null : (
            <Fact label="Loss">
              <State tone="bad" word={`${loss} above its hold, paid by the platform`} />
            </Fact>
          )}
          <Fact label="Generation">
            <span className="flex items-start gap-1">
              <code className="min-w-0 flex-1 select-all break-all font-mono text-small">{id}</code>
              <CopyButton text={id} what="the id of the generation" />
            </span>
          </Fact>
        </Facts>
      </div>
    </Drawer>
  );
}

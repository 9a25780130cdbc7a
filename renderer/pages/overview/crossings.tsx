import type { BoundariesState, BoundaryId } from '../../../shared/http/boundaries.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatSignal } from '../../ui/format.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Shape, State } from '../../ui/state.tsx';
import { BOUNDARY_TONE, BOUNDARY_WORD, HEALTH_TONE, HEALTH_WORD } from '../parts/tones.ts';

type Boundary = BoundariesState['boundaries'][number];
type Signal = Boundary['signals'][number];

/** The two places that a boundary joins. */
const ENDS: Record<BoundaryId, readonly [string, string]> = {
  'client-api': ['Client', 'API'],
  'api-database': ['API', 'Database'],
  'api-provider': ['API', 'Provider'],
  'secret-persistence': ['Secret', 'Storage'],
};

/** The number that matters at each boundary; the others are listed below it. */
const FIGURE: Record<BoundaryId, string> = {
  'client-api': 'rate',
  'api-database': 'p95',
  'api-provider': 'rate',
  'secret-persistence': 'keys-hashed',
};

/** Room for the fullest column, so that waiting does not move what stands below. */
const CROSSINGS_ROOM = 'min-h-[460px] min-[1600px]:min-h-[428px]';

const GRID = 'grid grid-cols-4 divide-x divide-line border-line border-y bg-panel';

function Path({ boundary }: { readonly boundary: Pick<Boundary, 'id' | 'state'> }) {
  const [from, to] = ENDS[boundary.id];
  const tone = BOUNDARY_TONE[boundary.state];
  const line = cx(
    'h-0 flex-1 border-t',
    boundary.state === 'absent' ? 'border-line-strong border-dashed' : 'border-line-strong',
  );
  return (
    <h3 className="flex items-center gap-2 font-medium text-body text-ink">
      <span>{from}</span>
      <span aria-hidden="true" className={line} />
      <Shape tone={tone} size={14} />
      <span aria-hidden="true" className={line} />
      <span className="sr-only">to</span>
      <span>{to}</span>
    </h3>
  );
}

function Figure({ signal }: { readonly signal: Signal | undefined }) {
  if (!signal) return <p className="h-[58px] text-faint text-figure leading-10">—</p>;
  const { figure, unit } = formatSignal(signal.value, signal.unit);
  return (
    <p className="flex h-[58px] flex-col">
      <span className="font-semibold text-figure text-ink tabular-nums leading-10">
        {figure}
        {unit ? <span className="ml-1 font-normal text-lead text-soft">{unit}</span> : null}
      </span>
      <span className="truncate text-faint text-small" title={signal.label}>
        {signal.label}
      </span>
    </p>
  );
}

function Evidence({ id }: { readonly id: BoundaryId }) {
  const { ui } = useStores();
  switch (id) {
    case 'client-api':
      return <EvidenceLink onClick={() => ui.go('limits')}>Rate limits</EvidenceLink>;
    case 'api-database':
      return <EvidenceLink onClick={() => ui.showLedger({})}>Entries</EvidenceLink>;
    case 'secret-persistence':
      return <EvidenceLink onClick={() => ui.showLedger({ category: 'key' })}>Entries</EvidenceLink>;
    case 'api-provider':
      return null;
  }
}

const EvidenceLink = (props: { readonly onClick: () => void; readonly children: string }) => (
  <Button kind="link" small className="-my-0.5" onClick={props.onClick}>
    {props.children}
  </Button>
);

function ProbesLink() {
  const { ui } = useStores();
  return <EvidenceLink onClick={() => ui.go('boundaries')}>Probes</EvidenceLink>;
}

function Crossing({ boundary }: { readonly boundary: Boundary }) {
  const { signals } = boundary;
  const first = signals.find((signal) => signal.name === FIGURE[boundary.id]) ?? signals[0];
  const others = signals.filter((signal) => signal !== first);
  return (
    <article data-testid={`boundary-${boundary.id}`} className="flex min-w-0 flex-col gap-3 p-4">
      <Path boundary={boundary} />
      <div className="flex h-6 items-center justify-between gap-2">
        <State
          tone={BOUNDARY_TONE[boundary.state]}
          word={BOUNDARY_WORD[boundary.state]}
          className="font-medium text-body"
        />
        <span className="-mr-2 flex">
          <Evidence id={boundary.id} />
        </span>
      </div>
      <div className="flex h-6 items-center justify-between gap-2 text-small">
        <State tone={HEALTH_TONE[boundary.probes]} word={`probes: ${HEALTH_WORD[boundary.probes]}`} />
        <ProbesLink />
      </div>
      <Figure signal={first} />
      <ul className="flex min-h-12 flex-col gap-1 text-ink-soft text-small">
        {boundary.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <dl className="grid grid-cols-[minmax(0,1fr)_max-content] gap-x-3 text-small">
        {others.map((signal) => {
          const { figure, unit } = formatSignal(signal.value, signal.unit);
          return (
            <div
              key={signal.name}
              className="col-span-2 grid min-h-6 grid-cols-subgrid items-baseline border-line border-t py-1"
            >
              <dt className="text-faint">{signal.label}</dt>
              <dd className="text-right text-ink tabular-nums">
                {figure}
                {unit ? <span className="ml-0.5 text-faint">{unit}</span> : null}
              </dd>
            </div>
          );
        })}
      </dl>
    </article>
  );
}

/** The path of a request as the four boundaries it crosses, each with its state, its figure and its reasons. */
export const Crossings = ({ boundaries }: { readonly boundaries: readonly Boundary[] }) => (
  <div className={cx(GRID, CROSSINGS_ROOM)}>
    {boundaries.map((boundary) => (
      <Crossing key={boundary.id} boundary={boundary} />
    ))}
  </div>
);

export const CrossingsSkeleton = () => (
  <div className={cx(GRID, CROSSINGS_ROOM)} role="status" data-testid="skeleton">
    <span className="sr-only">Waiting for the four boundaries</span>
    {Object.entries(ENDS).map(([id, ends]) => (
      <div key={id} className="flex flex-col gap-4 p-4">
        <span className="font-medium text-body text-faint">{ends.join(' to ')}</span>
        <Skeleton className="w-20" />
        <Skeleton className="h-8 w-24" />
        <Skeleton className="w-full" />
        <Skeleton className="w-2/3" />
      </div>
    ))}
  </div>
);

import { useState } from 'react';
import type { Incident } from '../../../shared/http/incidents.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button, Segments } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatCount } from '../../ui/format.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { useListKeys } from '../parts/use-list-keys.ts';
import { type Shown, useIncidents } from './use-incidents.ts';
import { clockOf, goalOf, STATE_TONE, severityOf } from './words.ts';

const STATES: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: 'unclosed', label: 'Not closed' },
  { value: 'open', label: 'Open' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'contained', label: 'Contained' },
  { value: 'closed', label: 'Closed' },
];

interface RowProps {
  readonly incident: Incident;
  readonly selected: boolean;
  readonly onOpen: () => void;
}

function Row({ incident, selected, onOpen }: RowProps) {
  const now = useNow();
  return (
    <tr
      data-testid="incident-row"
      aria-selected={selected}
      className={cx('h-(--row) border-line border-b', selected ? 'bg-selected' : 'hover:bg-hover')}
    >
      <td className="px-2 pl-0">
        <State {...severityOf(incident.severity)} />
      </td>
      <td className="px-2">
        <Button kind="link" small className="-ml-2 max-w-full" onClick={onOpen}>
          <span className="truncate">{incident.title}</span>
        </Button>
      </td>
      <td className="whitespace-nowrap px-2 text-soft">{goalOf(incident)}</td>
      <td className="px-2">
        <State tone={STATE_TONE[incident.state]} word={incident.state} />
      </td>
      <td className="px-2">
        <State {...clockOf(incident, now)} />
      </td>
      <td className="whitespace-nowrap px-2 text-right tabular-nums">
        {formatCount(incident.alerts)}
        <span className="text-faint"> ({formatCount(incident.firing)} firing)</span>
      </td>
      <td className="whitespace-nowrap pl-2 text-right">
        <RelativeTime at={incident.lastAlertAt} now={now} />
      </td>
    </tr>
  );
}

const HEADS = ['Severity', 'Incident', 'Asset, goal', 'State', 'Clock', 'Alerts', 'Last alert'] as const;

/** The gravest first, as the service ranks them: the order is the message, so it cannot be sorted away. */
function Ranked({ incidents }: { readonly incidents: readonly Incident[] }) {
  const { ui } = useStores();
  const [at, setAt] = useState(0);
  const index = Math.min(at, incidents.length - 1);
  const open = (incident: Incident | undefined) => incident && ui.showIncidents({ incident: incident.id });
  useListKeys({
    move: (by) => setAt(Math.min(incidents.length - 1, Math.max(0, index + by))),
    open: () => open(incidents[index]),
    close: () => undefined,
    search: () => undefined,
  });
  return (
    <table aria-label="Incidents" className="w-full border-collapse text-body">
      <thead className="text-small">
        <tr className="h-8 border-line border-b text-left text-faint">
          {HEADS.map((head, n) => (
            <th key={head} scope="col" className={cx('px-2 font-medium first:pl-0', n > 4 && 'text-right')}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {incidents.map((incident, n) => (
          <Row
            key={incident.id}
            incident={incident}
            selected={n === index}
            onOpen={() => void open(incident)}
          />
        ))}
      </tbody>
    </table>
  );
}

export function IncidentList() {
  const [state, setState] = useState<Shown>('unclosed');
  const remote = useIncidents(state);
  return (
    <>
      <div className="flex items-center gap-4">
        <Segments label="Which incidents" value={state} options={STATES} onChange={setState} />
        <span className="flex-1 text-faint text-small">
          <Freshness remote={remote} pace="every 3 s" />
        </span>
        <span className="flex items-center gap-1 text-faint text-small">
          <Kbd>j</Kbd>
          <Kbd>k</Kbd> move <Kbd>Enter</Kbd> open <Kbd>Esc</Kbd> back
        </span>
      </div>
      <RemoteValue
        remote={remote}
        what="the incidents"
        skeleton={<SkeletonRows rows={6} waitingFor="the incidents" />}
      >
        {({ incidents }) =>
          incidents.length > 0 ? (
            <Ranked incidents={incidents} />
          ) : (
            <EmptyState
              testId="empty-incidents"
              tone={state === 'unclosed' || state === 'open' ? 'ok' : 'idle'}
              title={
                state === 'unclosed' ? 'Nothing is wrong that a rule has noticed' : `No incident is ${state}`
              }
            >
              <p>
                Rules judge every entry of the ledger. Read them under Rules, or plant a canary to notice a
                thief sooner.
              </p>
            </EmptyState>
          )
        }
      </RemoteValue>
    </>
  );
}

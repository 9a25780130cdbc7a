import { useState } from 'react';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import type { ShownAnswer } from '../../bridge/bridge.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { useListKeys } from '../parts/use-list-keys.ts';
import { Alerts } from './alerts.tsx';
import { MoveIncident } from './move.tsx';
import { Notes } from './notes.tsx';
import { ReportDialog } from './report.tsx';
import { Steps } from './steps.tsx';
import { Timeline } from './timeline.tsx';
import { type MoveBody, useIncident } from './use-incidents.ts';
import { clockOf, goalOf, STATE_TONE, severityOf } from './words.ts';

type Found = ShownAnswer<'incidents.get'>;

const MOVES: readonly { readonly to: MoveBody['to']; readonly label: string }[] = [
  { to: 'acknowledged', label: 'Acknowledge' },
  { to: 'contained', label: 'Mark contained' },
  { to: 'closed', label: 'Close' },
];

/** People move an incident forward only. */
const ORDER = ['open', 'acknowledged', 'contained', 'closed'];

interface HeadProps {
  readonly found: Found;
  readonly whyNot: string | null;
  readonly onMove: (to: MoveBody['to']) => void;
  readonly onReport: () => void;
}

function Head({ found: { incident }, whyNot, onMove, onReport }: HeadProps) {
  const now = useNow();
  const { ui } = useStores();
  const later = MOVES.filter(({ to }) => ORDER.indexOf(to) > ORDER.indexOf(incident.state));
  return (
    <header className="flex flex-col gap-2" data-testid="incident-head">
      <div className="flex items-center gap-3">
        <Button small onClick={() => ui.showIncidents({ incident: null })}>
          All incidents
        </Button>
        <h2 className="min-w-0 flex-1 truncate font-semibold text-lead">{incident.title}</h2>
        <Button onClick={onReport}>Report</Button>
        {later.map(({ to, label }) => (
          <Button key={to} disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => onMove(to)}>
            {label}
          </Button>
        ))}
      </div>
      <p className="flex flex-wrap items-center gap-x-5 gap-y-1 text-body">
        <State {...severityOf(incident.severity)} />
        <State tone={STATE_TONE[incident.state]} word={incident.state} />
        <State {...clockOf(incident, now)} className="font-medium" />
        <span className="text-soft">{goalOf(incident)}</span>
        <span className="text-faint">
          opened <LocalTime at={incident.openedAt} now={now} />
        </span>
        <span className="flex items-center font-mono text-faint text-small">
          {incident.id}
          <CopyButton text={incident.id} what="the id of the incident" />
        </span>
      </p>
    </header>
  );
}

interface DetailProps {
  readonly id: string;
  readonly enrolment: EnrolmentStatus | undefined;
}

/** One incident: what it is made of, what to do now, what happened, and what people wrote down. */
export function IncidentDetail({ id, enrolment }: DetailProps) {
  const { ui } = useStores();
  const remote = useIncident(id);
  const [to, setTo] = useState<MoveBody['to'] | null>(null);
  const [reporting, setReporting] = useState(false);
  useListKeys({
    move: () => undefined,
    open: () => undefined,
    search: () => undefined,
    close: () => ui.showIncidents({ incident: null }),
  });
  return (
    <RemoteValue
      remote={remote}
      what="the incident"
      skeleton={<SkeletonRows rows={8} waitingFor="the incident" />}
    >
      {(found) => (
        <>
          <Head
            found={found}
            whyNot={whyNotSign(enrolment, 'incidents.move')}
            onMove={setTo}
            onReport={() => setReporting(true)}
          />
          <Alerts
            alerts={found.alerts}
            whyNot={whyNotSign(enrolment, 'alerts.acknowledge')}
            onAcknowledged={remote.retry}
          />
          <Steps found={found} enrolment={enrolment} />
          <div className="grid grid-cols-1 gap-x-8 gap-y-4 min-[1200px]:grid-cols-[3fr_2fr]">
            <Timeline id={id} />
            <Notes
              id={id}
              notes={found.notes}
              whyNot={whyNotSign(enrolment, 'incidents.note')}
              onNoted={remote.retry}
            />
          </div>
          {reporting ? <ReportDialog id={id} onClose={() => setReporting(false)} /> : null}
          {to ? (
            <MoveIncident
              incident={found.incident}
              to={to}
              onClose={() => setTo(null)}
              onMoved={remote.retry}
            />
          ) : null}
        </>
      )}
    </RemoteValue>
  );
}

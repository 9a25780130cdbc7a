import { useMemo } from 'react';
import type { Alert } from '../../../shared/http/incidents.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount } from '../../ui/format.ts';
import { Section } from '../../ui/section.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { SigningOutcome } from '../parts/signing.tsx';
import { AlertHeads } from './heads.tsx';
import { useAcknowledge } from './use-incidents.ts';
import { justAfter, severityOf } from './words.ts';

function When({ at }: { readonly at: string }) {
  const now = useNow();
  return <RelativeTime at={at} now={now} />;
}

function AlertState({ alert }: { readonly alert: Alert }) {
  if (alert.state === 'quiet') return <State tone="idle" word="quiet" />;
  return alert.acknowledgedAt ? (
    <State tone="warn" word="firing, seen" title={`by ${alert.acknowledgedBy} at ${alert.acknowledgedAt}`} />
  ) : (
    <State tone="bad" word="firing" />
  );
}

/** A subject that stands in its entries as it is: one id or one hash. */
const NAMED = /^[\w]{8,}$/;

/** The entries behind an alert, in the ledger. */
function Evidence({ alert }: { readonly alert: Alert }) {
  const { ui } = useStores();
  const { evidence, subject } = alert;
  const numbers = evidence.slice(0, 3).map(formatCount).join(', ');
  const more = evidence.length > 3 ? ` and ${formatCount(evidence.length - 3)} more` : '';
  if (evidence.length === 0) return <span className="text-faint">a live signal, no entry</span>;
  return (
    <Button
      kind="link"
      small
      className="-ml-2"
      aria-label={`Evidence of ${alert.title} in the ledger`}
      onClick={() =>
        ui.showLedger({
          from: alert.firstAt,
          to: justAfter(alert.lastAt),
          text: NAMED.test(subject) ? subject : '',
        })
      }
    >
      entries {numbers}
      {more}
    </Button>
  );
}

interface ActProps {
  readonly alert: Alert;
  readonly whyNot: string | null;
  readonly onAcknowledged: () => void;
}

/** Signed like every act, without a card: it changes no control. What was read is what is acknowledged. */
function Acknowledge({ alert, whyNot, onAcknowledged }: ActProps) {
  const { action, run } = useAcknowledge();
  const count = formatCount(alert.occurrences);
  if (alert.acknowledgedAt)
    return <span className="text-faint text-small">seen by {alert.acknowledgedBy}</span>;
  return (
    <span className="flex flex-col items-end gap-1">
      <Button
        small
        kind={alert.state === 'firing' ? 'primary' : 'plain'}
        disabled={whyNot !== null || action.state === 'running'}
        title={whyNot ?? undefined}
        aria-label={`Acknowledge ${count} of ${alert.title}`}
        onClick={() => void run(alert).then(onAcknowledged)}
      >
        Acknowledge {count}
      </Button>
      {action.state === 'failed' ? <SigningOutcome action={action} /> : null}
    </span>
  );
}

const columnsFor = (whyNot: string | null, onAcknowledged: () => void): Column<Alert>[] => [
  {
    id: 'severity',
    header: 'Severity',
    accessorFn: (alert) => alert.severity,
    meta: { className: 'w-24' },
    cell: ({ row }) => <State {...severityOf(row.original.severity)} />,
  },
  {
    id: 'title',
    header: 'Alert',
    accessorFn: (alert) => alert.title,
    cell: ({ row: { original } }) => (
      <span className="flex min-w-0 flex-col py-1">
        <span>{original.title}</span>
        <code className="break-all font-mono text-faint text-small">
          {original.subject === '-' ? 'the service itself' : original.subject}
        </code>
      </span>
    ),
  },
  {
    id: 'value',
    header: 'Value of threshold',
    accessorFn: (alert) => Number(alert.value),
    meta: { className: 'whitespace-nowrap text-right tabular-nums' },
    cell: ({ row: { original } }) => (
      <>
        <span className="font-semibold">{original.value}</span>
        <span className="text-faint"> above {original.threshold}</span>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    accessorFn: (alert) => alert.state,
    cell: ({ row }) => <AlertState alert={row.original} />,
  },
  {
    id: 'evidence',
    header: 'Evidence',
    enableSorting: false,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row }) => <Evidence alert={row.original} />,
  },
  {
    id: 'last',
    header: 'Last',
    accessorFn: (alert) => alert.lastAt,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row }) => <When at={row.original.lastAt} />,
  },
  {
    id: 'act',
    header: () => <span className="sr-only">Acknowledge</span>,
    enableSorting: false,
    meta: { className: 'text-right' },
    cell: ({ row }) => (
      <Acknowledge
        key={row.original.occurrences}
        alert={row.original}
        whyNot={whyNot}
        onAcknowledged={onAcknowledged}
      />
    ),
  },
];

interface AlertsProps {
  readonly alerts: readonly Alert[];
  readonly whyNot: string | null;
  readonly onAcknowledged: () => void;
}

/** What the incident is made of. */
export function Alerts({ alerts, whyNot, onAcknowledged }: AlertsProps) {
  // Cells keep what they know of their act only as long as their column stays the same.
  const columns = useMemo(() => columnsFor(whyNot, onAcknowledged), [whyNot, onAcknowledged]);
  return (
    <Section title="Alerts" testId="incident-alerts" aside={`${formatCount(alerts.length)} of this incident`}>
      <DataTable
        label="Alerts of this incident"
        rows={alerts}
        columns={columns}
        rowId={(alert) => alert.id}
        rowTestId="alert-row"
      />
      {alerts
        .filter(({ heads }) => heads.length > 0)
        .map((alert) => (
          <AlertHeads key={alert.id} alert={alert} />
        ))}
    </Section>
  );
}

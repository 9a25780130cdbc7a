import { useState } from 'react';
import type { AlertRuleView, DryRunAlert } from '../../../shared/http/incidents.ts';
import type { ShownAnswer } from '../../bridge/bridge.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { Command } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { LocalTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { RemoteValue } from '../parts/remote.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { useDryRun, useRules } from './use-incidents.ts';
import { goalOf, severityOf } from './words.ts';

function At({ at }: { readonly at: string }) {
  const now = useNow();
  return <LocalTime at={at} now={now} />;
}

const COLUMNS: Column<DryRunAlert>[] = [
  {
    id: 'subject',
    header: 'Subject',
    accessorFn: (alert) => alert.subject,
    cell: ({ row }) => <code className="break-all font-mono text-small">{row.original.subject}</code>,
  },
  {
    id: 'value',
    header: 'Value of threshold',
    accessorFn: (alert) => Number(alert.value),
    meta: { className: 'whitespace-nowrap text-right tabular-nums' },
    cell: ({ row: { original } }) => `${original.value} above ${original.threshold}`,
  },
  {
    id: 'times',
    header: 'Times',
    accessorFn: (alert) => alert.occurrences,
    meta: { className: 'text-right tabular-nums' },
  },
  {
    id: 'first',
    header: 'First',
    accessorFn: (alert) => alert.firstAt,
    meta: { className: 'whitespace-nowrap' },
    cell: ({ row }) => <At at={row.original.firstAt} />,
  },
];

function Raised({ result }: { readonly result: ShownAnswer<'alerts.dry-run'> }) {
  const { alerts, entries, complete, until } = result;
  return (
    <div data-testid="dry-run">
      <p className="py-2 text-body">
        <strong className="font-semibold">{formatCount(alerts.length)} alerts</strong> over{' '}
        {formatCount(entries)} entries{complete ? ', all that there are' : ''}.
        {complete ? null : (
          <span className="text-warn"> There are more: it came as far as {until ?? 'nothing'}.</span>
        )}
      </p>
      {alerts.length > 0 ? (
        <DataTable
          label="Alerts of the dry run"
          rows={alerts}
          columns={COLUMNS}
          rowId={(alert, index) => `${alert.subject} ${index}`}
          rowTestId="dry-run-row"
        />
      ) : null}
    </div>
  );
}

/** Tries a rule over the recorded past, with its own threshold or another. */
function DryRun({ rule }: { readonly rule: AlertRuleView }) {
  const [above, setAbove] = useState('');
  const { action, run } = useDryRun(rule.id);
  const good = above.trim() === '' || /^\d{1,9}$/.test(above.trim());
  const query = above.trim() === '' ? {} : { above: Number(above) };
  return (
    <>
      <form
        noValidate
        className="flex items-start gap-3 py-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (good) void run(query);
        }}
      >
        <div className="w-[240px]">
          <Field
            label="Another threshold"
            hint="Empty: the rule’s own."
            error={good ? undefined : 'A whole number.'}
          >
            {(aria) => (
              <Input
                {...aria}
                inputMode="numeric"
                value={above}
                onChange={(event) => setAbove(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button type="submit" className="mt-5" disabled={!good || action.state === 'running'}>
          {action.state === 'running' ? 'Reading the log' : 'Dry run over history'}
        </Button>
      </form>
      {action.state === 'failed' ? <SigningOutcome action={action} /> : null}
      {action.state === 'done' ? <Raised result={action.value.body} /> : null}
    </>
  );
}

function Rule({ rule }: { readonly rule: AlertRuleView }) {
  const [open, setOpen] = useState(false);
  return (
    <li data-testid={`rule-${rule.id}`} className="border-line border-b py-1">
      <div className="flex min-h-8 items-center gap-3 text-body">
        <span className="w-24">
          <State {...severityOf(rule.severity)} />
        </span>
        <span className="min-w-0 flex-1">{rule.title}</span>
        <span className="whitespace-nowrap text-small text-soft">{goalOf(rule)}</span>
        <Button
          small
          aria-expanded={open}
          aria-label={`${open ? 'Close' : 'Read'} ${rule.title}`}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Close' : 'Read'}
        </Button>
      </div>
      {open ? (
        <div className="flex flex-col gap-1 pb-2">
          <p className="text-small text-soft">
            Reads {rule.on.length > 0 ? rule.on.join(', ') : 'a live signal, no entry'}.
          </p>
          <Command>{JSON.stringify(rule.detect)}</Command>
          {rule.on.length > 0 ? <DryRun rule={rule} /> : null}
        </div>
      ) : null}
    </li>
  );
}

/** The rules as they are judged: data, which anybody may read and try, and nobody may mute. */
export function Rules() {
  const remote = useRules();
  return (
    <Section title="Alert rules" testId="rules" aside="a dry run writes nothing">
      <RemoteValue
        remote={remote}
        what="the rules"
        skeleton={<SkeletonRows rows={8} waitingFor="the rules" />}
      >
        {({ rules }) => (
          <ul>
            {rules.map((rule) => (
              <Rule key={rule.id} rule={rule} />
            ))}
          </ul>
        )}
      </RemoteValue>
    </Section>
  );
}

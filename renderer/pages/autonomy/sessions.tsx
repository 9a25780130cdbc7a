import { useMemo } from 'react';
import type { PayerSession } from '../../../shared/http/payer-sessions.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatCount, formatDuration } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Section } from '../../ui/section.tsx';
import { useNow } from '../../ui/use-now.ts';

function TimeLeft({ until }: { readonly until: string }) {
  const left = Date.parse(until) - useNow();
  return left > 0 ? formatDuration(left) : <span className="text-warn">over</span>;
}

const COLUMNS: Column<PayerSession>[] = [
  {
    ...{ id: 'purpose', header: 'Purpose', accessorFn: (session) => session.purpose },
    cell: ({ row }) => (
      <span className="flex flex-col">
        {row.original.purpose}
        <code className="font-mono text-faint text-small">{row.original.id}</code>
      </span>
    ),
  },
  {
    id: 'left',
    header: 'Signatures left',
    accessorFn: (session) => session.signatureAllowance - session.signaturesUsed,
    meta: { className: 'text-right tabular-nums w-[120px]' },
    cell: ({ getValue }) => formatCount(getValue() as number),
  },
  {
    ...{ id: 'used', header: 'Used', enableSorting: false, meta: { className: 'w-[240px]' } },
    cell: ({ row }) => (
      <Meter
        label={`Signatures of ${row.original.purpose}`}
        used={row.original.signaturesUsed}
        limit={row.original.signatureAllowance}
      />
    ),
  },
  {
    ...{ id: 'expires', header: 'Time left', accessorFn: (session) => session.expiresAt },
    meta: { className: 'text-right tabular-nums w-[120px]' },
    cell: ({ row }) => <TimeLeft until={row.original.expiresAt} />,
  },
];

export type SessionVerb = 'prolong' | 'revoke';
const VERBS = [
  { verb: 'prolong', word: 'Prolong' },
  { verb: 'revoke', word: 'Revoke' },
] as const;

interface SessionsProps {
  readonly sessions: readonly PayerSession[];
  /** Why this console may not; `null` when it may. */
  readonly whyNot: Readonly<Record<SessionVerb | 'issue', string | null>>;
  readonly onIssue: () => void;
  readonly onAct: (verb: SessionVerb, session: PayerSession) => void;
}

const columnsFor = ({ whyNot, onAct }: Pick<SessionsProps, 'whyNot' | 'onAct'>): Column<PayerSession>[] => [
  ...COLUMNS,
  {
    id: 'act',
    header: () => <span className="sr-only">Actions</span>,
    enableSorting: false,
    meta: { className: 'text-right whitespace-nowrap' },
    cell: ({ row }) => (
      <span className="inline-flex gap-2">
        {VERBS.map(({ verb, word }) => (
          <Button
            key={verb}
            small
            aria-label={`${word} the session ${row.original.purpose}`}
            disabled={whyNot[verb] !== null}
            title={whyNot[verb] ?? undefined}
            onClick={() => onAct(verb, row.original)}
          >
            {word}
          </Button>
        ))}
      </span>
    ),
  },
];

/** How often and how long the payer's key may still sign, and who may change that. */
export function Sessions({ sessions, whyNot, onIssue, onAct }: SessionsProps) {
  const columns = useMemo(() => columnsFor({ whyNot, onAct }), [whyNot, onAct]);
  const issue = (
    <Button small disabled={whyNot.issue !== null} title={whyNot.issue ?? undefined} onClick={onIssue}>
      Issue a session
    </Button>
  );
  return (
    <Section title="Sessions" aside={<>that can sign now {issue}</>} testId="sessions">
      {sessions.length > 0 ? (
        <div className="overflow-x-auto">
          <DataTable
            label="Sessions"
            rows={sessions}
            columns={columns}
            rowId={(session) => session.id}
            rowTestId="session-row"
          />
        </div>
      ) : (
        <EmptyState testId="no-sessions" title="No session can sign">
          <p>Tasks are still fetched, and whatever asks for a payment waits until a session is issued.</p>
        </EmptyState>
      )}
    </Section>
  );
}

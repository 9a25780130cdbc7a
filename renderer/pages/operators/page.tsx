import { useEffect, useMemo, useState } from 'react';
import type { Operator } from '../../../shared/http/operators.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Fingerprint } from '../../ui/hash.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { State } from '../../ui/state.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { EnrolConsole } from './enrol.tsx';
import { InviteLocal } from './invite.tsx';
import { useOperators } from './use-operators.ts';

function When({ at }: { readonly at: string | null }) {
  const now = useNow();
  return at ? <RelativeTime at={at} now={now} /> : <span className="text-faint">never</span>;
}

const columnsFor = (ownKeyId: string | undefined): Column<Operator>[] => [
  {
    id: 'name',
    header: 'Name',
    accessorFn: (operator) => operator.name,
    cell: ({ row }) => (
      <span className="flex items-center gap-2">
        {row.original.name}
        {row.original.keyId === ownKeyId ? (
          <span className="text-accent text-small">this console</span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'role',
    header: 'Role',
    accessorFn: (operator) => operator.role,
    cell: ({ row }) => row.original.role,
  },
  {
    id: 'state',
    header: 'State',
    accessorFn: (operator) => operator.state,
    cell: ({ row }) => (
      <State tone={row.original.state === 'active' ? 'ok' : 'idle'} word={row.original.state} />
    ),
  },
  {
    id: 'key',
    header: 'Signing key',
    enableSorting: false,
    cell: ({ row }) => (
      <span className="flex items-center gap-2" title={row.original.keyId}>
        <Fingerprint text={row.original.keyId} height={16} />
        <code className="font-mono text-small">{row.original.keyId.slice(0, 12)}…</code>
      </span>
    ),
  },
  {
    id: 'enrolled',
    header: 'Enrolled',
    accessorFn: (operator) => operator.enrolledAt,
    cell: ({ row }) => <When at={row.original.enrolledAt} />,
  },
  {
    id: 'signed',
    header: 'Last signed',
    accessorFn: (operator) => operator.lastSignedAt ?? '',
    cell: ({ row }) => <When at={row.original.lastSignedAt} />,
  },
];

export function OperatorsPage() {
  const { ui } = useStores();
  const intent = useUi((s) => s.intent);
  const [dialog, setDialog] = useState<'enrol' | 'invite' | null>(null);
  const operators = useOperators();
  const enrolment = useEnrolment();
  const status = enrolment.data;
  const whyNotInvite = whyNotSign(status, 'operators.invite');
  const mayEnrol = status?.state === 'not-enrolled';

  useEffect(() => {
    if ((intent !== 'enrol' && intent !== 'invite') || status === undefined) return;
    if (intent === 'enrol' && mayEnrol) setDialog('enrol');
    if (intent === 'invite' && whyNotInvite === null) setDialog('invite');
    ui.takeIntent();
  }, [intent, status, mayEnrol, whyNotInvite, ui]);

  const columns = useMemo(() => columnsFor(status?.keyId), [status?.keyId]);
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Operators"
        note={<Freshness remote={operators} pace="every 3 s" />}
        actions={
          <>
            <EnrolmentCall enrolment={status} />
            <Button
              disabled={whyNotInvite !== null}
              title={whyNotInvite ?? undefined}
              onClick={() => setDialog('invite')}
            >
              Invite a local tool
            </Button>
          </>
        }
      />
      <RemoteValue
        remote={operators}
        what="the list of operators"
        skeleton={<SkeletonRows rows={4} waitingFor="the list of operators" />}
      >
        {(list) =>
          list.operators.length > 0 ? (
            <DataTable
              label="Operators"
              rows={list.operators}
              columns={columns}
              rowId={(operator) => operator.id}
              rowTestId="operator-row"
            />
          ) : (
            <EmptyState
              testId="empty"
              title="Nobody has enrolled yet"
              actions={
                <Button kind="primary" disabled={!mayEnrol} onClick={() => setDialog('enrol')}>
                  Enrol this console
                </Button>
              }
            >
              <p>
                The first operator becomes administrator. The code for it lies on this host and works for 15
                minutes.
              </p>
            </EmptyState>
          )
        }
      </RemoteValue>
      {dialog === 'enrol' && status ? (
        <EnrolConsole
          keyId={status.keyId}
          onClose={() => setDialog(null)}
          onEnrolled={() => {
            enrolment.retry();
            operators.retry();
          }}
        />
      ) : null}
      {dialog === 'invite' ? (
        <InviteLocal onClose={() => setDialog(null)} onInvited={operators.retry} />
      ) : null}
    </div>
  );
}

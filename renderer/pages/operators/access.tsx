import { useState } from 'react';
import type { AccessReview, AccessReviewState, AccessRow } from '../../../shared/http/access-review.ts';
import type { EnrolmentStatus } from '../../../shared/ipc/app.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { formatDuration } from '../../ui/format.ts';
import { Fingerprint } from '../../ui/hash.tsx';
import { Banner } from '../../ui/message.tsx';
import { Section } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { whyNotSign } from '../parts/enrolment.tsx';
import { RemoteValue } from '../parts/remote.tsx';
import { SignAccess } from './sign-access.tsx';
import { useAccess } from './use-operators.ts';

function Since({ at }: { readonly at: string }) {
  const now = useNow();
  return <RelativeTime at={at} now={now} />;
}

const ROWS: Column<AccessRow>[] = [
  { id: 'name', header: 'Person', accessorFn: (row) => row.name, cell: ({ row }) => row.original.name },
  { id: 'role', header: 'Role', accessorFn: (row) => row.role, cell: ({ row }) => row.original.role },
  {
    id: 'group',
    header: 'May sign',
    accessorFn: (row) => row.group,
    cell: ({ row }) => (
      <span className="flex flex-col py-1" title={row.original.routes.join('\n')}>
        <span>
          {row.original.group}
          {row.original.risk === 'critical' ? (
            <span className="text-small text-soft"> (with a second person where critical)</span>
          ) : null}
        </span>
        <span className="text-faint text-small">
          {row.original.routes.map((route) => route.slice(row.original.group.length + 1)).join(', ')}
        </span>
      </span>
    ),
  },
  {
    id: 'key',
    header: 'Key',
    enableSorting: false,
    cell: ({ row }) => (
      <span title={row.original.keyId}>
        <Fingerprint text={row.original.keyId} height={16} />
      </span>
    ),
  },
  {
    id: 'since',
    header: 'Since',
    accessorFn: (row) => row.since,
    cell: ({ row }) => <Since at={row.original.since} />,
  },
  {
    id: 'used',
    header: 'Last used (UTC day)',
    accessorFn: (row) => row.lastUsedOn ?? '',
    meta: { className: 'tabular-nums' },
    cell: ({ row }) => row.original.lastUsedOn ?? <span className="text-warn">never used</span>,
  },
];

const REVIEWS: Column<AccessReview>[] = [
  {
    id: 'at',
    header: 'Signed',
    accessorFn: (review) => review.at,
    cell: ({ row }) => <Since at={row.original.at} />,
  },
  { id: 'name', header: 'By', accessorFn: (review) => review.name, cell: ({ row }) => row.original.name },
  {
    id: 'rows',
    header: 'Rows',
    accessorFn: (review) => review.rows,
    meta: { className: 'text-right tabular-nums' },
    cell: ({ row }) => row.original.rows,
  },
  {
    id: 'digest',
    header: 'Digest',
    enableSorting: false,
    cell: ({ row }) => (
      <span className="flex items-center gap-2" title={row.original.digest}>
        <Fingerprint text={row.original.digest} height={16} />
        <code className="font-mono text-small">{row.original.digest.slice(0, 16)}…</code>
      </span>
    ),
  },
];

function Due({ state }: { readonly state: AccessReviewState }) {
  const now = useNow();
  if (state.dueAt === null) return null;
  const left = Date.parse(state.dueAt) - now;
  if (!state.overdue)
    return (
      <span data-testid="access-due">The next review is due in {formatDuration(Math.max(0, left))}.</span>
    );
  return (
    <Banner tone="warn" role="alert" testId="access-overdue">
      The access review is overdue by {formatDuration(Math.max(0, -left))}. Read the rows, revoke what nobody
      needs, then sign.
    </Banner>
  );
}

function Reviewed({ state }: { readonly state: AccessReviewState }) {
  return (
    <>
      <Due state={state} />
      <DataTable
        label="Who can do what"
        rows={state.rows}
        columns={ROWS}
        rowId={(row) => `${row.operatorId} ${row.group}`}
        rowTestId="access-row"
      />
      {state.reviews.length > 0 ? (
        <Section title="Past reviews" testId="access-reviews">
          <DataTable
            label="Past reviews"
            rows={state.reviews}
            columns={REVIEWS}
            rowId={(review) => review.id}
            rowTestId="access-review-row"
          />
        </Section>
      ) : (
        <p className="py-3 text-body text-soft" data-testid="no-reviews">
          Nobody has signed an access review yet.
        </p>
      )}
    </>
  );
}

/** Who can do what, since when, last used: read by a person, and signed as read. */
export function Access({ enrolment }: { readonly enrolment: EnrolmentStatus | undefined }) {
  const access = useAccess();
  /** The very rows that are being signed: what is polled meanwhile does not slip under a signature. */
  const [signing, setSigning] = useState<AccessReviewState | null>(null);
  const whyNot = whyNotSign(enrolment, 'access.sign');
  const { data } = access;
  return (
    <Section
      title="Access review"
      testId="access"
      aside={
        <Button
          small
          disabled={whyNot !== null || !data || data.rows.length === 0}
          title={whyNot ?? undefined}
          onClick={() => setSigning(data ?? null)}
        >
          Sign this review
        </Button>
      }
    >
      <RemoteValue
        remote={access}
        what="the access review"
        skeleton={<SkeletonRows rows={4} waitingFor="the access review" />}
      >
        {(state) => <Reviewed state={state} />}
      </RemoteValue>
      {signing ? (
        <SignAccess state={signing} onClose={() => setSigning(null)} onSettled={access.retry} />
      ) : null}
    </Section>
  );
}

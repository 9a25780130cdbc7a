import { useState } from 'react';
import type { CorrelationFlag, QueuedClaim } from '../../../shared/http/market-admin.ts';
import { CLAIM_STATES, type ClaimState } from '../../../shared/http/market-parts.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { CancelBounty, LiftFlag, type Pair, RaiseFlag } from './acts.tsx';
import { ClaimDetail } from './draw.tsx';
import { FlagTable } from './flags.tsx';
import { OverlapMap } from './overlap.tsx';
import { QueueTable } from './queue.tsx';
import { useFlags, useOverlap, useQueue } from './use-reviews.ts';

const VIEWS = [
  { value: 'queue', label: 'Queue' },
  { value: 'overlap', label: 'Overlap' },
  { value: 'flags', label: 'Flags' },
] as const;
type View = (typeof VIEWS)[number]['value'];

const STATES = (['all', ...CLAIM_STATES] as const).map((value) => ({ value, label: value }));

const Skeleton = ({ what }: { readonly what: string }) => <SkeletonRows rows={6} waitingFor={what} />;

interface QueueProps {
  readonly queue: ReturnType<typeof useQueue>;
  readonly state: ClaimState | 'all';
  readonly onState: (state: ClaimState | 'all') => void;
  readonly onOpen: (id: string) => void;
}

const Queue = ({ queue, state, onState, onOpen }: QueueProps) => (
  <>
    <div className="flex">
      <Segments label="Which claims" value={state} options={STATES} onChange={onState} />
    </div>
    <RemoteValue remote={queue} what="the claims" skeleton={<Skeleton what="the claims" />}>
      {({ claims, nextCursor }) =>
        claims.length > 0 ? (
          <>
            <QueueTable claims={claims} onOpen={onOpen} />
            <p className="py-2 text-faint text-small">
              {formatCount(claims.length)} shown{nextCursor ? ', the newest' : ''}
            </p>
          </>
        ) : (
          <EmptyState
            testId="empty-claims"
            title={state === 'all' ? 'Nobody has taken a bounty yet' : `No claim is ${state}`}
          >
            <p>
              An agent offers a bounty and another takes it. Reviewers are drawn when the work is submitted.
            </p>
          </EmptyState>
        )
      }
    </RemoteValue>
  </>
);

interface FlaggingProps {
  readonly whyNot: string | null;
  readonly onFlag: (agent: string, other: string) => void;
}

function Overlaps({ whyNot, onFlag }: FlaggingProps) {
  const overlap = useOverlap();
  return (
    <RemoteValue remote={overlap} what="the overlap" skeleton={<Skeleton what="the overlap" />}>
      {({ pairs }) =>
        pairs.length > 0 ? (
          <OverlapMap pairs={pairs} whyNot={whyNot} onFlag={onFlag} />
        ) : (
          <EmptyState testId="empty-overlap" title="Nobody has decided on anything yet">
            <p>Each decision of a reviewer is counted here against the agent whose work it was.</p>
          </EmptyState>
        )
      }
    </RemoteValue>
  );
}

interface FlagsProps {
  readonly flags: ReturnType<typeof useFlags>;
  readonly whyNotLift: string | null;
  readonly onLift: (flag: CorrelationFlag) => void;
}

const Flags = ({ flags, whyNotLift, onLift }: FlagsProps) => (
  <RemoteValue remote={flags} what="the flags" skeleton={<Skeleton what="the flags" />}>
    {(found) =>
      found.flags.length > 0 ? (
        <FlagTable flags={found.flags} whyNotLift={whyNotLift} onLift={onLift} />
      ) : (
        <EmptyState testId="empty-flags" title="No agents are flagged">
          <p>Flag two agents that seem to be one, and neither is drawn to review the other.</p>
        </EmptyState>
      )
    }
  </RemoteValue>
);

type Act =
  | { readonly act: 'flag'; readonly pair: Pair }
  | { readonly act: 'lift'; readonly flag: CorrelationFlag }
  | { readonly act: 'cancel'; readonly claim: QueuedClaim };

interface DialogProps {
  readonly open: Act;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function ActDialog({ open, ...rest }: DialogProps) {
  if (open.act === 'flag') return <RaiseFlag start={open.pair} {...rest} />;
  if (open.act === 'lift') return <LiftFlag flag={open.flag} {...rest} />;
  return <CancelBounty claim={open.claim} {...rest} />;
}

export function ReviewsPage() {
  const [view, setView] = useState<View>('queue');
  const [state, setState] = useState<ClaimState | 'all'>('all');
  const [opened, setOpened] = useState<string | null>(null);
  const [act, setAct] = useState<Act | null>(null);
  const queue = useQueue(state);
  const flags = useFlags();
  const enrolment = useEnrolment().data;
  const whyNotFlag = whyNotSign(enrolment, 'market.flag');
  const claim = queue.data?.claims.find(({ id }) => id === opened);
  const flag = (agent = '', other = '') => setAct({ act: 'flag', pair: { agent, other } });
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col gap-4 overflow-auto p-(--page)">
        <PageHeader
          title="Reviews"
          note={<Freshness remote={queue} pace="every 3 s" />}
          actions={
            <>
              <EnrolmentCall enrolment={enrolment} />
              <Button
                kind="primary"
                disabled={whyNotFlag !== null}
                title={whyNotFlag ?? undefined}
                onClick={() => flag()}
              >
                Flag two agents
              </Button>
            </>
          }
        />
        <div className="flex">
          <Segments label="What to show" value={view} options={VIEWS} onChange={setView} />
        </div>
        {view === 'queue' ? (
          <Queue queue={queue} state={state} onState={setState} onOpen={setOpened} />
        ) : null}
        {view === 'overlap' ? <Overlaps whyNot={whyNotFlag} onFlag={flag} /> : null}
        {view === 'flags' ? (
          <Flags
            flags={flags}
            whyNotLift={whyNotSign(enrolment, 'market.unflag')}
            onLift={(one) => setAct({ act: 'lift', flag: one })}
          />
        ) : null}
      </div>
      {claim && view === 'queue' ? (
        <ClaimDetail
          key={claim.id}
          claim={claim}
          whyNotCancel={whyNotSign(enrolment, 'market.cancel')}
          onCancel={() => setAct({ act: 'cancel', claim })}
          onClose={() => setOpened(null)}
        />
      ) : null}
      {act ? (
        <ActDialog
          open={act}
          onClose={() => setAct(null)}
          onDone={() => {
            queue.retry();
            flags.retry();
          }}
        />
      ) : null}
    </div>
  );
}

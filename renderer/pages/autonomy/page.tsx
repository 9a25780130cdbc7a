import { useCallback, useMemo, useState } from 'react';
import type { PayerTask } from '../../../shared/http/autonomy.ts';
import type { PayerSession } from '../../../shared/http/payer-sessions.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { SwitchDialog, TaskDialog } from './acts.tsx';
import { AddTask } from './add-task.tsx';
import { PayerSection } from './payer.tsx';
import { Payments } from './payments.tsx';
import { Queue } from './queue.tsx';
import { IssueSession, ProlongSession, RevokeSession } from './session-acts.tsx';
import { Sessions, type SessionVerb } from './sessions.tsx';
import { ROUTE_OF, type TaskVerb, usePayer, usePayments, useQueue, useSessions } from './use-autonomy.ts';

type Asked =
  | { readonly kind: 'switch'; readonly verb: 'pause' | 'resume' }
  | { readonly kind: 'task'; readonly verb: TaskVerb; readonly task: PayerTask }
  | { readonly kind: 'session'; readonly verb: SessionVerb; readonly session: PayerSession }
  | { readonly kind: 'issue' }
  | { readonly kind: 'add' };

const Skeleton = ({ what }: { readonly what: string }) => <SkeletonRows rows={4} waitingFor={what} />;

const useRemotes = () => ({
  payer: usePayer(),
  sessions: useSessions(),
  queue: useQueue(),
  payments: usePayments(),
});

interface AskedProps {
  readonly asked: Asked | null;
  readonly remotes: ReturnType<typeof useRemotes>;
  readonly onClose: () => void;
}

/** The one dialog that is open, and what is read again after it. */
function AskedDialog({ asked, remotes, onClose }: AskedProps) {
  const { payer, sessions, queue } = remotes;
  const onDone = () => {
    for (const remote of [payer, sessions, queue]) remote.retry();
  };
  const ends = { onClose, onDone };
  const usable = sessions.data?.sessions ?? [];
  if (!asked) return null;
  if (asked.kind === 'switch') return <SwitchDialog verb={asked.verb} {...ends} />;
  if (asked.kind === 'task') return <TaskDialog {...asked} sessions={usable} {...ends} />;
  if (asked.kind === 'issue') return <IssueSession {...ends} />;
  if (asked.kind === 'add')
    return payer.data ? <AddTask status={payer.data} sessions={usable} {...ends} /> : null;
  const Act = asked.verb === 'prolong' ? ProlongSession : RevokeSession;
  return <Act session={asked.session} {...ends} />;
}

/** Why this console may not, for every act of the screen; `null` where it may. */
function useWhyNot() {
  const enrolment = useEnrolment().data;
  return useMemo(
    () => ({
      enrolment,
      switch: {
        pause: whyNotSign(enrolment, 'autonomy.pause'),
        resume: whyNotSign(enrolment, 'autonomy.resume'),
      },
      task: {
        pause: whyNotSign(enrolment, ROUTE_OF.pause),
        resume: whyNotSign(enrolment, ROUTE_OF.resume),
        cancel: whyNotSign(enrolment, ROUTE_OF.cancel),
      },
      add: whyNotSign(enrolment, 'autonomy.create'),
      session: {
        issue: whyNotSign(enrolment, 'sessions.issue'),
        prolong: whyNotSign(enrolment, 'sessions.refresh'),
        revoke: whyNotSign(enrolment, 'sessions.revoke'),
      },
    }),
    [enrolment],
  );
}

export function AutonomyPage() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const remotes = useRemotes();
  const { payer, sessions, queue, payments } = remotes;
  const whyNot = useWhyNot();
  const verb = payer.data?.paused ? 'resume' : 'pause';
  const askTask = useCallback(
    (act: TaskVerb, task: PayerTask) => setAsked({ kind: 'task', verb: act, task }),
    [],
  );
  const askSession = useCallback(
    (act: SessionVerb, session: PayerSession) => setAsked({ kind: 'session', verb: act, session }),
    [],
  );
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Autonomy"
        note={<Freshness remote={payer} pace="every 2 s" />}
        actions={
          <>
            <EnrolmentCall enrolment={whyNot.enrolment} />
            <Button
              kind={verb === 'pause' ? 'plain' : 'primary'}
              disabled={!payer.data || whyNot.switch[verb] !== null}
              title={whyNot.switch[verb] ?? undefined}
              onClick={() => setAsked({ kind: 'switch', verb })}
            >
              {verb === 'pause' ? 'Pause the payer' : 'Resume the payer'}
            </Button>
          </>
        }
      />
      <RemoteValue
        remote={payer}
        what="the state of the payer"
        skeleton={<Skeleton what="the state of the payer" />}
      >
        {(status) => <PayerSection status={status} />}
      </RemoteValue>
      <RemoteValue remote={sessions} what="the sessions" skeleton={<Skeleton what="the sessions" />}>
        {(page) => (
          <Sessions
            sessions={page.sessions}
            whyNot={whyNot.session}
            onIssue={() => setAsked({ kind: 'issue' })}
            onAct={askSession}
          />
        )}
      </RemoteValue>
      <RemoteValue remote={queue} what="the queue" skeleton={<Skeleton what="the queue" />}>
        {({ tasks }) => (
          <Queue
            tasks={tasks}
            whyNot={whyNot.task}
            onAct={askTask}
            whyNotAdd={payer.data ? whyNot.add : 'The state of the payer is not known yet.'}
            onAdd={() => setAsked({ kind: 'add' })}
          />
        )}
      </RemoteValue>
      <RemoteValue remote={payments} what="the payments" skeleton={<Skeleton what="the payments" />}>
        {(page) => <Payments payments={page.payments} />}
      </RemoteValue>
      <AskedDialog asked={asked} remotes={remotes} onClose={() => setAsked(null)} />
    </div>
  );
}

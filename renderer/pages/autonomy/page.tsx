import { useMemo, useState } from 'react';
import type { PayerTask } from '../../../shared/http/autonomy.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { SwitchDialog, TaskDialog } from './acts.tsx';
import { PayerSection } from './payer.tsx';
import { Payments } from './payments.tsx';
import { Queue } from './queue.tsx';
import { Sessions } from './sessions.tsx';
import { ROUTE_OF, type TaskVerb, usePayer, usePayments, useQueue, useSessions } from './use-autonomy.ts';

type Asked =
  | { readonly kind: 'switch'; readonly verb: 'pause' | 'resume' }
  | { readonly kind: 'task'; readonly verb: TaskVerb; readonly task: PayerTask };

const Skeleton = ({ what }: { readonly what: string }) => <SkeletonRows rows={4} waitingFor={what} />;

export function AutonomyPage() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [payer, sessions, queue, payments] = [usePayer(), useSessions(), useQueue(), usePayments()];
  const enrolment = useEnrolment().data;
  const verb = payer.data?.paused ? 'resume' : 'pause';
  const whyNotSwitch = whyNotSign(enrolment, `autonomy.${verb}`);
  const whyNot = useMemo(
    () => ({
      pause: whyNotSign(enrolment, ROUTE_OF.pause),
      resume: whyNotSign(enrolment, ROUTE_OF.resume),
      cancel: whyNotSign(enrolment, ROUTE_OF.cancel),
    }),
    [enrolment],
  );
  const close = () => setAsked(null);
  const reload = () => {
    payer.retry();
    queue.retry();
  };
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Autonomy"
        note={<Freshness remote={payer} pace="every 2 s" />}
        actions={
          <>
            <EnrolmentCall enrolment={enrolment} />
            <Button
              kind={verb === 'pause' ? 'plain' : 'primary'}
              disabled={!payer.data || whyNotSwitch !== null}
              title={whyNotSwitch ?? undefined}
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
        {(page) => <Sessions sessions={page.sessions} />}
      </RemoteValue>
      <RemoteValue remote={queue} what="the queue" skeleton={<Skeleton what="the queue" />}>
        {({ tasks }) => (
          <Queue
            tasks={tasks}
            whyNot={whyNot}
            onAct={(act, task) => setAsked({ kind: 'task', verb: act, task })}
          />
        )}
      </RemoteValue>
      <RemoteValue remote={payments} what="the payments" skeleton={<Skeleton what="the payments" />}>
        {(page) => <Payments payments={page.payments} />}
      </RemoteValue>
      {asked?.kind === 'switch' ? <SwitchDialog verb={asked.verb} onClose={close} onDone={reload} /> : null}
      {asked?.kind === 'task' ? (
        <TaskDialog {...asked} sessions={sessions.data?.sessions ?? []} onClose={close} onDone={reload} />
      ) : null}
    </div>
  );
}

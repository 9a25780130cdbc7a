import { useEffect, useState } from 'react';
import type { Operator } from '../../../shared/http/operators.ts';
import { useStores, useUi } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/message.tsx';
import { PageHeader } from '../../ui/section.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { EnrolmentCall, useEnrolment, whyNotSign } from '../parts/enrolment.tsx';
import { Freshness, RemoteValue } from '../parts/remote.tsx';
import { Access } from './access.tsx';
import { EnrolConsole } from './enrol.tsx';
import { InviteLocal } from './invite.tsx';
import { Proposals } from './proposals.tsx';
import { RevokeOperator } from './revoke.tsx';
import { ChangeRole } from './role.tsx';
import { Roster } from './roster.tsx';
import { enrolmentTakesTwo } from './rules.ts';
import { useApproveBrought, useOperators } from './use-operators.ts';

type Open =
  | { readonly dialog: 'enrol' | 'invite' }
  | { readonly dialog: 'revoke' | 'role'; readonly target: Operator }
  | null;

const Nobody = ({ mayEnrol, onEnrol }: { readonly mayEnrol: boolean; readonly onEnrol: () => void }) => (
  <EmptyState
    testId="empty"
    title="Nobody has enrolled yet"
    actions={
      <Button kind="primary" disabled={!mayEnrol} onClick={onEnrol}>
        Enrol this console
      </Button>
    }
  >
    <p>
      The first operator becomes administrator. The code for it lies on this host and works for 15 minutes.
    </p>
  </EmptyState>
);

/** Opens what somebody was sent here for, once it is known whether this console may. */
function useIntent(known: boolean, mayEnrol: boolean, mayInvite: boolean, open: (next: Open) => void) {
  const { ui } = useStores();
  const intent = useUi((s) => s.intent);
  useEffect(() => {
    if ((intent !== 'enrol' && intent !== 'invite') || !known) return;
    if (intent === 'enrol' ? mayEnrol : mayInvite) open({ dialog: intent });
    ui.takeIntent();
  }, [intent, known, mayEnrol, mayInvite, open, ui]);
}

interface DialogsProps {
  readonly open: Open;
  readonly operators: readonly Operator[];
  readonly ownKeyId: string | undefined;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

function Dialogs({ open, operators, ownKeyId, onClose, onChanged }: DialogsProps) {
  if (open?.dialog === 'enrol' && ownKeyId)
    return <EnrolConsole keyId={ownKeyId} onClose={onClose} onEnrolled={onChanged} />;
  if (open?.dialog === 'invite')
    return <InviteLocal takesTwo={enrolmentTakesTwo(operators)} onClose={onClose} onInvited={onChanged} />;
  if (open?.dialog === 'role')
    return <ChangeRole target={open.target} onClose={onClose} onProposed={onChanged} />;
  if (open?.dialog !== 'revoke') return null;
  const isOwn = open.target.keyId === ownKeyId;
  return (
    <RevokeOperator
      target={open.target}
      operators={operators}
      isOwn={isOwn}
      onClose={onClose}
      onRevoked={onChanged}
    />
  );
}

/** For a proposal of a service that this console may not reach now: so it waits for nothing else on this screen. */
function ApproveBrought() {
  const { action, run } = useApproveBrought();
  const failed = action.state === 'failed' && action.error.code !== 'declined' ? action.error.message : null;
  return (
    <>
      {failed === null ? null : (
        <span role="alert" className="text-bad text-small">
          {failed}
        </span>
      )}
      <Button disabled={action.state === 'running'} onClick={() => void run()}>
        Approve from a file…
      </Button>
    </>
  );
}

export function OperatorsPage() {
  const { ui } = useStores();
  const [open, setOpen] = useState<Open>(null);
  const operators = useOperators();
  const enrolment = useEnrolment();
  const status = enrolment.data;
  const whyNotInvite = whyNotSign(status, 'operators.invite');
  const mayEnrol = status?.state === 'not-enrolled';
  useIntent(status !== undefined, mayEnrol, whyNotInvite === null, setOpen);
  const changed = () => {
    enrolment.retry();
    operators.retry();
  };
  return (
    <div className="flex flex-col gap-4 p-(--page)">
      <PageHeader
        title="Operators"
        note={<Freshness remote={operators} pace="every 3 s" />}
        actions={
          <>
            <EnrolmentCall enrolment={status} />
            <ApproveBrought />
            <Button
              disabled={whyNotInvite !== null}
              title={whyNotInvite ?? undefined}
              onClick={() => setOpen({ dialog: 'invite' })}
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
            <>
              <Roster
                operators={list.operators}
                ownKeyId={status?.keyId}
                whyNotRevoke={whyNotSign(status, 'operators.revoke')}
                whyNotRole={whyNotSign(status, 'operators.changeRole')}
                onRevoke={(target) => setOpen({ dialog: 'revoke', target })}
                onRole={(target) => setOpen({ dialog: 'role', target })}
                onStolen={({ id }) =>
                  ui.showIncidents({ tab: 'stolen', credential: { kind: 'operator', id } })
                }
              />
              <Proposals enrolment={status} onExecuted={changed} />
              <Access enrolment={status} />
            </>
          ) : (
            <Nobody mayEnrol={mayEnrol} onEnrol={() => setOpen({ dialog: 'enrol' })} />
          )
        }
      </RemoteValue>
      <Dialogs
        open={open}
        operators={operators.data?.operators ?? []}
        ownKeyId={status?.keyId}
        onClose={() => setOpen(null)}
        onChanged={changed}
      />
    </div>
  );
}

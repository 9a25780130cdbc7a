import { operatorName, operatorRole } from '../../../shared/http/operators.ts';
import { OPERATOR_ROLES, type OperatorRole } from '../../../shared/http/route.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { useService } from '../../stores/stores.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { Command } from '../../ui/message.tsx';
import { FullTime } from '../../ui/time.tsx';
import { useNow } from '../../ui/use-now.ts';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useInviteLocal } from './use-operators.ts';

const ROLE_MAY: Record<OperatorRole, string> = {
  reviewer: 'reviewer: reads, signs access reviews',
  responder: 'responder: reads, creates and revokes keys',
  custodian: 'custodian: reads, custody',
  administrator: 'administrator: everything, invitations included',
};

const ROLES = OPERATOR_ROLES.map((role) => ({ value: role, label: ROLE_MAY[role] }));

interface InviteProps {
  /** Two operators have enrolled: what the invitation leads to is a proposal. */
  readonly takesTwo: boolean;
  readonly onClose: () => void;
  readonly onInvited: () => void;
}

/** Invites an operator for a tool on this host, and says how to start the simulator with it. */
export function InviteLocal({ takesTwo, onClose, onInvited }: InviteProps) {
  const draft = useDraft('operators.invite', '', { name: 'simulator', role: 'responder' });
  const { name } = draft.typed;
  const role = operatorRole.catch('responder').parse(draft.typed.role);
  const { action, run } = useInviteLocal();
  const parsed = operatorName.safeParse(name);

  if (action.state === 'done')
    return <Invited invited={action.value} takesTwo={takesTwo} onClose={onClose} />;
  return (
    <SignedForm
      title="Invite a local tool operator"
      description="A tool on this host, like the traffic simulator, becomes an operator with a key of its own."
      testId="invite-local"
      action={action}
      onSign={parsed.success ? () => run(parsed.data, role) : null}
      draft={draft}
      onAttempted={onInvited}
      onClose={onClose}
      sign="Sign and invite"
      summary={
        <>
          {takesTwo ? <TakesTwo /> : null}
          <SigningSummary route="operators.invite" body={{ name: name.trim(), role }} />
        </>
      }
    >
      {({ touched, running }) => (
        <div className="grid grid-cols-2 gap-3 px-5">
          <Field
            label="Name"
            error={touched && !parsed.success ? 'A name of 1 to 64 characters.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={name}
                maxLength={64}
                disabled={running}
                onChange={(event) => draft.type({ name: event.target.value })}
              />
            )}
          </Field>
          <Field label="Role">
            {(aria) => (
              <Select
                {...aria}
                value={role}
                options={ROLES}
                disabled={running}
                onValue={(value) => draft.type({ role: value })}
              />
            )}
          </Field>
        </div>
      )}
    </SignedForm>
  );
}

/** Why an invitation alone enrols nobody any more, and what has to happen. */
const TakesTwo = () => (
  <p className="px-5 text-body text-soft" data-testid="invitation-takes-two">
    Two operators have enrolled here, so the tool’s enrolment becomes a proposal: when it starts, it waits
    under Pending proposals until another operator than you approves its key. Start the tool again after that.
  </p>
);

interface InvitedProps {
  readonly takesTwo: boolean;
  readonly invited: { readonly path: string; readonly expiresAt: string };
  readonly onClose: () => void;
}

/** The file with the invitation, and the command that uses it. */
function Invited({ invited, takesTwo, onClose }: InvitedProps) {
  const now = useNow();
  const api = useService().status?.api ?? 'http://127.0.0.1:PORT';
  const command = `npm run simulate -- --api ${api} --rate 20 --operator ${quoted(invited.path)}`;
  return (
    <SignedDone wide title="Invitation written" onClose={onClose} testId="invited">
      <div className="flex flex-col gap-3 px-5 py-4 text-body">
        <p>
          The file holds a one-time code and a token that dies with the next lock. Only your user can read it.
        </p>
        <div className="flex items-center gap-1">
          <code className="min-w-0 flex-1 select-all break-all font-mono text-small">{invited.path}</code>
          <CopyButton text={invited.path} what="the path" />
        </div>
        <p className="text-soft">Run this in the folder of the project to play traffic:</p>
        <div className="flex items-center gap-1">
          <div className="min-w-0 flex-1">
            <Command>{command}</Command>
          </div>
          <CopyButton text={command} what="the command" />
        </div>
        <div className="flex gap-2 text-small text-soft">
          The code expires <FullTime at={invited.expiresAt} now={now} />
        </div>
      </div>
      {takesTwo ? <TakesTwo /> : null}
    </SignedDone>
  );
}

/** A path as a POSIX shell takes it as one word. */
const quoted = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

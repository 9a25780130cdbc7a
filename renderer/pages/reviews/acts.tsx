import { useState } from 'react';
import type { CorrelationFlag, QueuedClaim } from '../../../shared/http/market-admin.ts';
import { ROUTES } from '../../../shared/http/table.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input } from '../../ui/field.tsx';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useCancelBounty, useFlag, useLiftFlag } from './use-reviews.ts';

interface ActProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** The pair that somebody stood at; empty where it is typed. */
export interface Pair {
  readonly agent: string;
  readonly other: string;
}

/** Keeps two agents from reviewing each other. */
export function RaiseFlag({ start, onClose, onDone }: ActProps & { readonly start: Pair }) {
  const draft = useDraft('reviews.flag', `${start.agent} ${start.other}`.trim(), { ...start, reason: '' });
  const { reason, ...pair } = draft.typed;
  const { action, run } = useFlag();
  const body = { agent: pair.agent.trim(), other: pair.other.trim(), reason: reason.trim() };
  const parsed = ROUTES['market.flag'].body.safeParse(body);
  const isWrong = (name: keyof Pair) => parsed.error?.issues.some(({ path }) => path[0] === name) === true;
  if (action.state === 'done')
    return (
      <SignedDone title="Agents flagged" onClose={onClose} testId="flag-done">
        <p className="px-5 py-4 text-body">
          Neither is drawn to review the other from now on. Draws that happened stay as they are.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      wide
      title="Flag two agents"
      description="Says that two agents seem to be one. Neither reviews the other from the next draw on."
      testId="flag-form"
      action={action}
      onSign={parsed.success ? () => run(body) : null}
      draft={draft}
      onAttempted={onDone}
      onClose={onClose}
      sign="Sign and flag"
      summary={<SigningSummary route="market.flag" body={body} />}
    >
      {({ touched, running }) => (
        <>
          {(['agent', 'other'] as const).map((name) => (
            <div key={name} className="px-5">
              <Field
                label={name === 'agent' ? 'Agent' : 'With'}
                hint="agt_…"
                error={touched && isWrong(name) ? 'The id of one agent, and of another.' : undefined}
              >
                {(aria) => (
                  <Input
                    {...aria}
                    value={pair[name]}
                    maxLength={30}
                    disabled={running}
                    spellCheck={false}
                    className="w-full font-mono"
                    onChange={(event) => draft.type({ [name]: event.target.value })}
                  />
                )}
              </Field>
            </div>
          ))}
          <ReasonField
            value={reason}
            onText={(text) => draft.type({ reason: text })}
            touched={touched}
            disabled={running}
            placeholder="they approve each other"
          />
        </>
      )}
    </SignedForm>
  );
}

/** Asks for a second person’s signature; the two review each other before that as little as before. */
export function LiftFlag({ flag, onClose, onDone }: ActProps & { readonly flag: CorrelationFlag }) {
  const [reason, setReason] = useState('');
  const { action, run } = useLiftFlag();
  const body = { agent: flag.agent, other: flag.other, reason: reason.trim() };
  if (action.state === 'done')
    return (
      <SignedDone title="Lifting is proposed" onClose={onClose} testId="lift-done">
        <p className="px-5 py-4 text-body">
          The flag is in force still. {action.value.body.proposal.id} waits on the Operators screen for
          another person’s signature.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      wide
      title="Propose to lift a correlation flag"
      description={`Flagged because: ${flag.reason}. It stays in force until a second person approves.`}
      testId="lift-form"
      action={action}
      onSign={body.reason === '' ? null : () => run(flag.id, body)}
      onAttempted={onDone}
      onClose={onClose}
      sign="Sign and propose"
      cancel="Keep the flag"
      danger
      summary={<SigningSummary route="market.unflag" params={{ id: flag.id }} body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={setReason}
          touched={touched}
          disabled={running}
          placeholder="two honest agents of one trade"
        />
      )}
    </SignedForm>
  );
}

/** Ends a bounty that is not decided, and gives its creator the credits back. */
export function CancelBounty({ claim, onClose, onDone }: ActProps & { readonly claim: QueuedClaim }) {
  const [reason, setReason] = useState('');
  const { action, run } = useCancelBounty();
  const body = { title: claim.bounty.title, reason: reason.trim() };
  if (action.state === 'done')
    return (
      <SignedDone title="Bounty cancelled" onClose={onClose} testId="cancel-done">
        <p className="px-5 py-4 text-body">Its credits are free for its creator again.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      wide
      title={`Cancel ${claim.bounty.title}`}
      description="Destroys the bounty and the claim on it for ever. Whoever worked on it is paid nothing."
      testId="cancel-form"
      action={action}
      onSign={body.reason === '' ? null : () => run(claim.bountyId, body)}
      onAttempted={onDone}
      onClose={onClose}
      sign="Sign and cancel the bounty"
      cancel="Keep the bounty"
      danger
      summary={<SigningSummary route="market.cancel" params={{ id: claim.bountyId }} body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={setReason}
          touched={touched}
          disabled={running}
          placeholder="nobody can review it"
        />
      )}
    </SignedForm>
  );
}

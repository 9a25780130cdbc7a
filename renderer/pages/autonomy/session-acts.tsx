import { useState } from 'react';
import {
  type PayerSession,
  sessionSeconds,
  signatureAllowance,
} from '../../../shared/http/payer-sessions.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input } from '../../ui/field.tsx';
import { formatDuration } from '../../ui/format.ts';
import { ReasonField } from '../parts/reason.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { numberOf, useSessionAct } from './use-autonomy.ts';

interface CloseProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

interface NumberProps {
  readonly label: string;
  readonly hint: string;
  readonly error: string | undefined;
  readonly value: string;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
}

const NumberField = ({ label, hint, error, value, disabled, onText }: NumberProps) => (
  <Field label={label} hint={hint} error={error}>
    {(aria) => (
      <Input
        {...aria}
        inputMode="numeric"
        value={value}
        disabled={disabled}
        maxLength={5}
        className="w-full text-right"
        onChange={(event) => onText(event.target.value)}
      />
    )}
  </Field>
);

const secondsHint = (seconds: number | string): string => {
  const life = sessionSeconds.safeParse(seconds);
  return life.success ? `That is ${formatDuration(life.data * 1000)}.` : 'At most a day.';
};
const SECONDS_WRONG = 'A whole number of seconds, from 1 to 86,400 (a day).';

/** Issues a session: how often and how long the payer's key may sign. */
export function IssueSession({ onClose, onDone }: CloseProps) {
  const [purpose, setPurpose] = useState('');
  const [seconds, setSeconds] = useState('3600');
  const [allowance, setAllowance] = useState('3');
  const { action, run } = useSessionAct();
  const named = purpose.trim();
  const body = {
    purpose: named,
    expiresInSeconds: numberOf(seconds),
    signatureAllowance: numberOf(allowance),
  };
  const isLife = sessionSeconds.safeParse(body.expiresInSeconds).success;
  const isCount = signatureAllowance.safeParse(body.signatureAllowance).success;
  if (action.state === 'done')
    return (
      <SignedDone title="Session issued" testId="issue-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">Tasks can be paid from it now. Add one that names it.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      title="Issue a payer session"
      description="The payer signs payments with its key, as often and as long as is said here, and never more."
      testId="issue-session"
      action={action}
      sign="Sign and issue"
      onSign={named !== '' && isLife && isCount ? () => run('sessions.issue', { body }) : null}
      onAttempted={onDone}
      onClose={onClose}
      summary={<SigningSummary route="sessions.issue" body={body} />}
    >
      {({ touched, running }) => (
        <div className="flex flex-col gap-3 px-5">
          <Field
            label="Purpose"
            hint="Names the session wherever it is shown."
            error={touched && named === '' ? 'Say what the session is for.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={purpose}
                maxLength={200}
                disabled={running}
                placeholder="daily price reports"
                onChange={(event) => setPurpose(event.target.value)}
              />
            )}
          </Field>
          <div className="grid grid-cols-2 gap-3">
            <NumberField
              label="Lives for (seconds)"
              hint={secondsHint(body.expiresInSeconds)}
              error={touched && !isLife ? SECONDS_WRONG : undefined}
              value={seconds}
              disabled={running}
              onText={setSeconds}
            />
            <NumberField
              label="Signatures"
              hint="One for each payment."
              error={touched && !isCount ? 'A whole number from 1 to 1,000.' : undefined}
              value={allowance}
              disabled={running}
              onText={setAllowance}
            />
          </div>
        </div>
      )}
    </SignedForm>
  );
}

/** Lets a session live longer. What is left of its allowance stays what it is. */
export function ProlongSession({
  session,
  onClose,
  onDone,
}: CloseProps & { readonly session: PayerSession }) {
  const [seconds, setSeconds] = useState('3600');
  const { action, run } = useSessionAct();
  const input = { params: { id: session.id }, body: { expiresInSeconds: numberOf(seconds) } };
  const isLife = sessionSeconds.safeParse(input.body.expiresInSeconds).success;
  if (action.state === 'done')
    return (
      <SignedDone title="Session prolonged" testId="prolong-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">Its allowance did not grow.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      title={`Prolong ${session.purpose}`}
      description="Its time begins again from now; no time is taken away, and no signature is added."
      testId="prolong-session"
      action={action}
      sign="Sign and prolong"
      onSign={isLife ? () => run('sessions.refresh', input) : null}
      onAttempted={onDone}
      onClose={onClose}
      summary={<SigningSummary route="sessions.refresh" {...input} />}
    >
      {({ touched, running }) => (
        <div className="px-5">
          <NumberField
            label="Lives for (seconds)"
            hint={secondsHint(input.body.expiresInSeconds)}
            error={touched && !isLife ? SECONDS_WRONG : undefined}
            value={seconds}
            disabled={running}
            onText={setSeconds}
          />
        </div>
      )}
    </SignedForm>
  );
}

/** Revokes a session for ever. */
export function RevokeSession({ session, onClose, onDone }: CloseProps & { readonly session: PayerSession }) {
  const draft = useDraft('autonomy.revoke-session', session.id, { reason: '' });
  const { reason } = draft.typed;
  const { action, run } = useSessionAct();
  const given = reason.trim();
  const input = { params: { id: session.id }, body: { reason: given } };
  if (action.state === 'done')
    return (
      <SignedDone title="Session revoked" testId="revoke-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">
          It never signs again. A payment that was signed before may still be settled; it is shown among the
          payments.
        </p>
      </SignedDone>
    );
  return (
    <SignedForm
      danger
      title={`Revoke ${session.purpose}`}
      description="The payer cannot sign with it from now on. A task that has to pay stops until it is resumed from another one."
      testId="revoke-session"
      action={action}
      draft={draft}
      sign="Sign and revoke for ever"
      cancel="Keep the session"
      onSign={given === '' ? null : () => run('sessions.revoke', input)}
      onAttempted={onDone}
      onClose={onClose}
      summary={<SigningSummary route="sessions.revoke" {...input} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={(text) => draft.type({ reason: text })}
          touched={touched}
          disabled={running}
          placeholder="no longer needed"
        />
      )}
    </SignedForm>
  );
}

import { operatorName } from '../../../shared/http/operators.ts';
import { routeOf } from '../../../shared/http/table.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input } from '../../ui/field.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Fact } from '../../ui/section.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SummaryOf } from '../parts/signing.tsx';
import { useEnrol } from './use-operators.ts';

interface EnrolProps {
  readonly keyId: string;
  readonly onClose: () => void;
  readonly onEnrolled: () => void;
}

/** Gives this console's key its authority: asks for the operator's name and shows the key that will sign. */
export function EnrolConsole({ keyId, onClose, onEnrolled }: EnrolProps) {
  const draft = useDraft('operators.enrol', '', { name: '' });
  const { name } = draft.typed;
  const { action, run } = useEnrol();
  const parsed = operatorName.safeParse(name);
  const { card } = routeOf('operators.enrol');

  if (action.state === 'done' && action.value.state === 'enrolled') {
    return (
      <SignedDone title="This console is enrolled" onClose={onClose} testId="enrolled">
        <p className="px-5 py-4 text-body">
          It signs as {action.value.operator?.name}, {action.value.operator?.role}. Every signature shows its
          card first.
        </p>
      </SignedDone>
    );
  }
  return (
    <SignedForm
      title="Enrol this console"
      description="The one-time code is read from this host’s own file; you do not type it."
      testId="enrol-console"
      action={action}
      onSign={parsed.success ? () => run(parsed.data) : null}
      draft={draft}
      onAttempted={onEnrolled}
      onClose={onClose}
      sign="Sign and enrol"
      summary={
        <SummaryOf>
          <Fact label="Action">{card?.title}</Fact>
          <Fact label="Effect">{card?.effect}</Fact>
          <Fact label="Name">{name.trim() || '—'}</Fact>
          <Fact label="Key id">
            <Hash value={keyId} what="the key id" />
          </Fact>
        </SummaryOf>
      }
    >
      {({ touched, running }) => (
        <div className="px-5">
          <Field
            label="Your name"
            hint="Stands in the ledger beside everything you sign."
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
        </div>
      )}
    </SignedForm>
  );
}

import { useState } from 'react';
import { operatorName } from '../../../shared/http/operators.ts';
import { routeOf } from '../../../shared/http/table.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { Hash } from '../../ui/hash.tsx';
import { Fact, Facts } from '../../ui/section.tsx';
import { SigningOutcome } from '../parts/signing.tsx';
import { useEnrol } from './use-operators.ts';

interface EnrolProps {
  readonly keyId: string;
  readonly onClose: () => void;
  readonly onEnrolled: () => void;
}

/** Gives this console's key its authority: asks for the operator's name and shows the key that will sign. */
export function EnrolConsole({ keyId, onClose, onEnrolled }: EnrolProps) {
  const [name, setName] = useState('');
  const [touched, setTouched] = useState(false);
  const { action, run } = useEnrol();
  const parsed = operatorName.safeParse(name);
  const running = action.state === 'running';
  const { card } = routeOf('operators.enrol');

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setTouched(true);
    if (!parsed.success) return;
    await run(parsed.data);
    onEnrolled();
  };

  if (action.state === 'done' && action.value.state === 'enrolled') {
    return (
      <Dialog open title="This console is enrolled" onClose={onClose} testId="enrolled">
        <p className="px-5 py-4 text-body">
          It signs as {action.value.operator?.name}, {action.value.operator?.role}. Every signature shows its
          card first.
        </p>
        <DialogActions>
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      title="Enrol this console"
      description="The one-time code is read from this host’s own file; you do not type it."
      onClose={onClose}
      testId="enrol-console"
    >
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 pt-4" noValidate>
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
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </div>
        <section
          aria-label="What will be signed"
          data-testid="signing-summary"
          className="bg-canvas px-5 py-2"
        >
          <h3 className="pt-1 font-medium text-faint text-small">What will be signed</h3>
          <Facts>
            <Fact label="Action">{card?.title}</Fact>
            <Fact label="Effect">{card?.effect}</Fact>
            <Fact label="Name">{name.trim() || '—'}</Fact>
            <Fact label="Key id">
              <Hash value={keyId} what="the key id" />
            </Fact>
          </Facts>
        </section>
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={onClose}>{running ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" kind="primary" disabled={running}>
            {running ? 'Waiting for your signature' : 'Sign and enrol'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

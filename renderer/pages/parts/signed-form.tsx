import { useState } from 'react';
import type { Action } from '../../bridge/use-action.ts';
import type { DraftState } from '../../bridge/use-draft.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { DraftNote } from './draft-note.tsx';
import { SigningOutcome } from './signing.tsx';

interface FieldState {
  /** Whether somebody has tried to sign: from then on what is wrong is said. */
  readonly touched: boolean;
  readonly running: boolean;
}

interface SignedFormProps {
  readonly title: string;
  readonly description?: React.ReactNode;
  readonly testId: string;
  readonly action: Action<unknown>;
  /** Asks for the signature. Null while something typed is not good: nothing is sent that the service would refuse. */
  readonly onSign: (() => Promise<unknown>) | null;
  /** What is typed here outlives the window's process, until it is signed (`onSign` answers true) or put away. */
  readonly draft?: DraftState | undefined;
  /** Runs after an attempt, whatever came of it. */
  readonly onAttempted?: () => void;
  readonly onClose: () => void;
  /** What the button does: "Sign and create". */
  readonly sign: string;
  readonly danger?: boolean;
  readonly cancel?: string;
  readonly wide?: boolean;
  /** Why this cannot be signed now. */
  readonly blocked?: string | null;
  /** What will be signed, unless the fields show it. */
  readonly summary?: React.ReactNode;
  /** What happens after the signature, where it is more than the effect. */
  readonly note?: React.ReactNode;
  readonly children: (state: FieldState) => React.ReactNode;
}

/** A dialog whose end is a signature: fields, what will be signed, and where the signature stands. */
export function SignedForm(props: SignedFormProps) {
  const { title, description, testId, action, onSign, onAttempted, draft } = props;
  const { sign, danger = false, cancel = 'Cancel', wide = false, blocked = null } = props;
  const [touched, setTouched] = useState(false);
  const running = action.state === 'running';
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setTouched(true);
    if (!onSign || blocked) return;
    if ((await onSign()) === true) draft?.drop();
    onAttempted?.();
  };
  // While it waits for a signature, closing the dialog puts nothing away: the signature may be declined.
  const onClose = (): void => {
    if (!running) draft?.drop();
    props.onClose();
  };
  return (
    <Dialog open title={title} description={description} onClose={onClose} wide={wide} testId={testId}>
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 pt-4" noValidate>
        {draft ? <DraftNote draft={draft} disabled={running} /> : null}
        {props.children({ touched, running })}
        {props.summary}
        {props.note ? <p className="px-5 text-small text-soft">{props.note}</p> : null}
        {blocked ? (
          <p role="note" className="px-5 text-body text-warn" data-testid="sign-blocked">
            {blocked}
          </p>
        ) : null}
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={onClose}>{running ? 'Close' : cancel}</Button>
          <Button
            type="submit"
            kind={danger ? 'danger' : 'primary'}
            disabled={running || Boolean(blocked)}
            title={blocked ?? undefined}
          >
            {running ? 'Waiting for your signature' : sign}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface SignedDoneProps {
  readonly title: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly children: React.ReactNode;
}

/** What a signature has done, until it is put away. */
export const SignedDone = ({ title, testId, onClose, wide = false, children }: SignedDoneProps) => (
  <Dialog open wide={wide} title={title} onClose={onClose} testId={testId}>
    {children}
    <DialogActions>
      <Button kind="primary" onClick={onClose}>
        Done
      </Button>
    </DialogActions>
  </Dialog>
);

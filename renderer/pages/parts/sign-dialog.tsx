import type { Action } from '../../bridge/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { SigningOutcome } from './signing.tsx';

interface SignDialogProps<T> {
  readonly title: string;
  readonly description?: React.ReactNode;
  readonly testId: string;
  readonly action: Action<T>;
  /** What the button does, as it says it. */
  readonly sign: string;
  readonly cancel?: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  /** Why this cannot be signed now. */
  readonly blocked?: string | null;
  readonly onSign: () => void;
  readonly onClose: () => void;
  /** What has happened, once it has. */
  readonly done: { readonly title: string; readonly says: (value: T) => React.ReactNode };
  /** Fields, and the summary of what will be signed. */
  readonly children: React.ReactNode;
}

/** A form that ends in a signature: its fields, what will be signed, where that stands, and what came of it. */
export function SignDialog<T>(props: SignDialogProps<T>) {
  const { title, action, testId, onClose, onSign, done, danger, blocked } = props;
  const running = action.state === 'running';
  if (action.state === 'done')
    return (
      <Dialog open title={done.title} onClose={onClose} testId={`${testId}-done`}>
        <div className="px-5 py-4 text-body">{done.says(action.value)}</div>
        <DialogActions>
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  return (
    <Dialog
      open
      title={title}
      description={props.description}
      onClose={onClose}
      testId={testId}
      {...(props.wide ? { wide: true } : {})}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSign();
        }}
        className="flex flex-col gap-4 pt-4"
        noValidate
      >
        {props.children}
        {blocked ? (
          <p role="note" className="px-5 text-body text-warn" data-testid="sign-blocked">
            {blocked}
          </p>
        ) : null}
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={onClose}>{running ? 'Close' : (props.cancel ?? 'Cancel')}</Button>
          <Button
            type="submit"
            kind={danger ? 'danger' : 'primary'}
            disabled={running || Boolean(blocked)}
            title={blocked ?? undefined}
          >
            {running ? 'Waiting for your signature' : props.sign}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

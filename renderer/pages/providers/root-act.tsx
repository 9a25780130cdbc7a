import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { SigningOutcome, SigningSummary } from '../parts/signing.tsx';
import { type RootAct, useRootAct } from './use-secrets.ts';

interface RootActProps {
  readonly act: RootAct;
  readonly version: number;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const SAYS = {
  rotate: {
    title: (version: number) => `Rotate to root ${version}`,
    effect:
      'New secrets are encrypted under it from now on. All others are re-encrypted in the background; requests go on meanwhile.',
    button: 'Sign and rotate',
    kind: 'primary',
    done: 'It has begun. The table shows how far it is.',
  },
  retire: {
    title: (version: number) => `Retire root ${version}`,
    effect:
      'No secret uses it. Afterwards nothing can be encrypted under it again, and its key can be destroyed where it is configured.',
    button: 'Sign and retire for ever',
    kind: 'danger',
    done: 'It is retired for ever.',
  },
} as const;

/** Asks before the root is rotated or a version retired, and shows what will be signed. */
export function RootActDialog({ act, version, onClose, onDone }: RootActProps) {
  const { action, run } = useRootAct(act);
  const { title, effect, button, kind, done } = SAYS[act];
  const running = action.state === 'running';
  const isDone = action.state === 'done';
  const signing = running ? 'Waiting for your signature' : button;
  const submit = async (): Promise<void> => {
    await run(version);
    onDone();
  };
  return (
    <Dialog
      open
      title={title(version)}
      description={isDone ? done : effect}
      onClose={onClose}
      testId={`${act}-root`}
    >
      {isDone ? null : (
        <div className="flex flex-col gap-4 pt-4">
          <SigningSummary route={`secret-roots.${act}`} body={{ version }} />
          <SigningOutcome action={action} />
        </div>
      )}
      <DialogActions>
        {isDone ? null : <Button onClick={onClose}>{running ? 'Close' : 'Cancel'}</Button>}
        <Button
          kind={isDone ? 'primary' : kind}
          disabled={running}
          onClick={isDone ? onClose : () => void submit()}
        >
          {isDone ? 'Done' : signing}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

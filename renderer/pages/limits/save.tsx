import type { ApiKey } from '../../../shared/http/keys.ts';
import { SignDialog } from '../parts/sign-dialog.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useSaveLimit } from './use-replay.ts';

interface SaveProps {
  readonly target: Pick<ApiKey, 'id' | 'label' | 'displayPrefix' | 'requestsPerMinute'>;
  readonly limit: number;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** Saves a limit that was tried on the last hour: more is proposed to a second person, less happens at once. */
export function SaveLimit({ target, limit, onClose, onSaved }: SaveProps) {
  const { action, run } = useSaveLimit();
  const raises = limit > target.requestsPerMinute;
  const route = raises ? 'limits.raise' : 'limits.lower';
  return (
    <SignDialog
      title={`${raises ? 'Propose' : 'Lower to'} ${limit} requests a minute for ${target.label}`}
      description={
        raises
          ? 'Raising a limit takes two persons: your signature proposes it, and it changes once another operator approves.'
          : 'Lowering a limit takes your signature alone: the next request is held to it.'
      }
      testId="save-limit"
      action={action}
      sign={raises ? 'Sign and propose' : 'Sign and lower'}
      danger={!raises}
      onSign={() => void run(target.id, limit, raises).then(onSaved)}
      onClose={onClose}
      done={{
        title: raises ? 'The limit is proposed' : 'The limit is lowered',
        says: () =>
          raises
            ? `${target.displayPrefix}… keeps ${target.requestsPerMinute} a minute until another operator approves, under Operators.`
            : `${target.displayPrefix}… is held to ${limit} requests a minute from now on.`,
      }}
    >
      <SigningSummary route={route} params={{ id: target.id }} body={{ requestsPerMinute: limit }} />
    </SignDialog>
  );
}

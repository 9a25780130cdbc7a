import { useState } from 'react';
import type { ApiKey } from '../../../shared/http/keys.ts';
import { useStores } from '../../stores/stores.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { SigningOutcome, SigningSummary } from '../parts/signing.tsx';
import { useRevokeKey } from './use-keys.ts';

interface RevokeProps {
  readonly target: Pick<ApiKey, 'id' | 'label' | 'displayPrefix'>;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}

/** Asks why, shows what will be signed, and names what is destroyed. */
export function RevokeKey({ target, onClose, onRevoked }: RevokeProps) {
  const [reason, setReason] = useState('');
  const [touched, setTouched] = useState(false);
  const { notices } = useStores();
  const { action, run } = useRevokeKey();
  const running = action.state === 'running';
  const missing = reason.trim() === '';

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setTouched(true);
    if (missing) return;
    await run(target, reason.trim());
    onRevoked();
  };

  if (action.state === 'done') {
    return (
      <Dialog open title="Key revoked" onClose={onClose} testId="key-revoked">
        <p className="px-5 py-4 text-body">
          <code className="font-mono">{target.displayPrefix}…</code> is dead: its next request is refused with
          401. The revocation is in the ledger.
        </p>
        <DialogActions>
          <Button
            kind="primary"
            onClick={() => {
              notices.add('info', `${target.displayPrefix}… was revoked.`, Date.now());
              onClose();
            }}
          >
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      title={`Revoke ${target.label}`}
      description={
        <>
          Destroys the access of <code className="font-mono text-ink">{target.displayPrefix}…</code> for ever.
          Every client that uses it fails with 401.
        </>
      }
      onClose={onClose}
      testId="revoke-key"
    >
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 pt-4" noValidate>
        <div className="px-5">
          <Field
            label="Reason"
            hint="Goes into the ledger with your name."
            error={touched && missing ? 'Say why: the ledger keeps it.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={reason}
                maxLength={500}
                disabled={running}
                placeholder="seen in a public repository"
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        </div>
        <SigningSummary
          route="keys.revoke"
          params={{ id: target.id }}
          body={{ displayPrefix: target.displayPrefix, reason: reason.trim() }}
        />
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={onClose}>{running ? 'Close' : 'Keep the key'}</Button>
          <Button type="submit" kind="danger" disabled={running}>
            {running ? 'Waiting for your signature' : `Sign and destroy ${target.displayPrefix}…`}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

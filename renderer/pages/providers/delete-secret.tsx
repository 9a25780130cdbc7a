import { useState } from 'react';
import type { ProviderSecret } from '../../../shared/http/provider-secrets.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { SigningOutcome, SigningSummary } from '../parts/signing.tsx';
import { SCOPE_WORD, useDeleteSecret } from './use-secrets.ts';

interface DeleteProps {
  readonly target: ProviderSecret;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** What its holder is left with. */
const AFTERWARDS: Record<ProviderSecret['scope'], string> = {
  agent: 'The agent falls back to its account’s secret, then to the platform’s.',
  account: 'The account and its agents fall back to the platform’s secret, unless they use their own only.',
  platform: 'Whoever has no secret of their own is refused.',
};

/** Asks why, shows what will be signed, and names what is destroyed. */
export function DeleteSecret({ target, onClose, onDeleted }: DeleteProps) {
  const [reason, setReason] = useState('');
  const [touched, setTouched] = useState(false);
  const { action, run } = useDeleteSecret();
  const running = action.state === 'running';
  const missing = reason.trim() === '';

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setTouched(true);
    if (missing) return;
    await run(target, reason.trim());
    onDeleted();
  };

  if (action.state === 'done')
    return (
      <Dialog open title="Secret deleted" onClose={onClose} testId="secret-deleted">
        <p className="px-5 py-4 text-body">Its ciphertext is gone. {AFTERWARDS[target.scope]}</p>
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
      title={`Delete the ${target.provider} secret`}
      description={`Destroys the ${SCOPE_WORD[target.scope]}’s secret for ever. ${AFTERWARDS[target.scope]}`}
      onClose={onClose}
      testId="delete-secret"
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
                placeholder="revoked at the provider"
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        </div>
        <SigningSummary
          route="provider-secrets.delete"
          params={{ id: target.id }}
          body={{ provider: target.provider, scope: target.scope, reason: reason.trim() }}
        />
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={onClose}>{running ? 'Close' : 'Keep the secret'}</Button>
          <Button type="submit" kind="danger" disabled={running}>
            {running ? 'Waiting for your signature' : `Sign and destroy the ${target.provider} secret`}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

import { useState } from 'react';
import { providerSecretRoutes } from '../../../shared/http/provider-secrets.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { groupsOf } from '../../ui/format.ts';
import { DraftNote } from '../parts/draft-note.tsx';
import { SigningOutcome, SigningSummary } from '../parts/signing.tsx';
import { useStoreSecret } from './use-secrets.ts';

interface StoreProps {
  readonly onClose: () => void;
  readonly onStored: () => void;
}

const { provider: providerSchema, material: materialSchema } =
  providerSecretRoutes['provider-secrets.set-platform'].body.shape;

interface StoredProps {
  readonly secret: { readonly provider: string; readonly fingerprint: string };
  readonly updated: boolean;
  readonly onClose: () => void;
}

const Stored = ({ secret, updated, onClose }: StoredProps) => (
  <Dialog open title="Secret stored" onClose={onClose} testId="secret-stored">
    <p className="px-5 py-4 text-body">
      The platform’s {secret.provider} secret is now{' '}
      <code className="font-mono">{groupsOf(secret.fingerprint).join(' ')}</code>
      {updated ? '; the former one is overwritten.' : '.'} Compare the fingerprint with the one on the card
      that you signed.
    </p>
    <DialogActions>
      <Button kind="primary" onClick={onClose}>
        Done
      </Button>
    </DialogActions>
  </Dialog>
);

/** Takes a platform secret in. The field forgets it as soon as it was sent; the card shows its fingerprint only. */
export function StoreSecret({ onClose, onStored }: StoreProps) {
  // The provider's name alone: the secret is in no draft.
  const draft = useDraft('providers.store-secret', '', { provider: '' });
  const { provider } = draft.typed;
  const [material, setMaterial] = useState('');
  const [touched, setTouched] = useState(false);
  const { action, run } = useStoreSecret();
  const name = providerSchema.safeParse(provider.trim());
  const secret = materialSchema.safeParse(material.trim());
  const running = action.state === 'running';

  const close = (): void => {
    if (!running) draft.drop();
    onClose();
  };
  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setTouched(true);
    if (!name.success || !secret.success) return;
    if (await run(name.data, secret.data)) draft.drop();
    setMaterial('');
    setTouched(false);
    onStored();
  };

  if (action.state === 'done') return <Stored {...action.value.body} onClose={onClose} />;
  return (
    <Dialog open title="Store a platform secret" onClose={close} testId="store-secret">
      <form
        onSubmit={(event) => void submit(event)}
        className="flex flex-col gap-4 pt-4"
        noValidate
        autoComplete="off"
      >
        <DraftNote draft={draft} disabled={running} />
        <div className="flex flex-col gap-3 px-5">
          <Field
            label="Provider"
            error={touched && !name.success ? '2 to 64 of a-z, 0-9, dot, dash and underscore.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={provider}
                maxLength={64}
                disabled={running}
                placeholder="openai"
                onChange={(event) => draft.type({ provider: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Secret"
            hint="As the provider issued it. It is encrypted at once and never shown again."
            error={touched && !secret.success ? '16 to 4096 visible characters without spaces.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                type="password"
                autoComplete="off"
                spellCheck={false}
                value={material}
                maxLength={4096}
                disabled={running}
                onChange={(event) => setMaterial(event.target.value)}
              />
            )}
          </Field>
        </div>
        <SigningSummary
          route="provider-secrets.set-platform"
          body={{ provider: name.success ? name.data : provider, material: material.trim() }}
        />
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={close}>{running ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" kind="primary" disabled={running}>
            {running ? 'Waiting for your signature' : 'Sign and store'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

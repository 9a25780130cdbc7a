import { useState } from 'react';
import { DEFAULT_REQUESTS_PER_MINUTE, requestsPerMinute } from '../../../shared/http/key-rate.ts';
import { keyLabel } from '../../../shared/http/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { Banner } from '../../ui/message.tsx';
import { SigningOutcome, SigningSummary } from '../parts/signing.tsx';
import { useCreateKey } from './use-keys.ts';

interface CreateProps {
  readonly onClose: () => void;
  readonly onCreated: () => void;
}

const DEFAULT_LIMIT = String(DEFAULT_REQUESTS_PER_MINUTE);

/** Asks for a name and a limit, shows what will be signed, and says where the secret appears. */
export function CreateKey({ onClose, onCreated }: CreateProps) {
  const [label, setLabel] = useState('');
  const [limit, setLimit] = useState(DEFAULT_LIMIT);
  const [touched, setTouched] = useState(false);
  const { action, run } = useCreateKey();
  const name = keyLabel.safeParse(label);
  const perMinute = requestsPerMinute.safeParse(limit.trim() === '' ? Number.NaN : Number(limit));
  const running = action.state === 'running';

  const submit = async (event: React.FormEvent): Promise<void> => {
    event.preventDefault();
    setTouched(true);
    if (!name.success || !perMinute.success) return;
    await run(name.data, perMinute.data);
    onCreated();
  };

  if (action.state === 'done') return <Created created={action.value} onClose={onClose} />;
  return (
    <Dialog open title="Create an inference key" onClose={onClose} testId="create-key">
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4 pt-4" noValidate>
        <div className="grid grid-cols-[minmax(0,1fr)_160px] gap-3 px-5">
          <Field
            label="Name"
            error={touched && !name.success ? 'A key needs a name of 1 to 64 characters.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={label}
                maxLength={64}
                disabled={running}
                placeholder="ci-runner"
                onChange={(event) => setLabel(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="Requests per minute"
            error={touched && !perMinute.success ? 'A whole number from 1 to 100,000.' : undefined}
          >
            {(aria) => (
              <Input
                {...aria}
                inputMode="numeric"
                value={limit}
                disabled={running}
                className="w-full text-right"
                onChange={(event) => setLimit(event.target.value)}
              />
            )}
          </Field>
        </div>
        <SigningSummary
          route="keys.create"
          body={{
            label: label.trim(),
            requestsPerMinute: perMinute.success ? perMinute.data : limit,
          }}
        />
        <p className="px-5 text-small text-soft">
          A signing window opens next. After signing, the key’s secret is shown once, in a trusted window; it
          never reaches this screen.
        </p>
        <SigningOutcome action={action} />
        <DialogActions>
          <Button onClick={onClose}>{running ? 'Close' : 'Cancel'}</Button>
          <Button type="submit" kind="primary" disabled={running}>
            {running ? 'Waiting for your signature' : 'Sign and create'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface CreatedProps {
  readonly created: {
    readonly body: { readonly key: { readonly displayPrefix: string } };
    readonly revealed: boolean;
  };
  readonly onClose: () => void;
}

const Created = ({ created, onClose }: CreatedProps) => (
  <Dialog open title="Key created" onClose={onClose} testId="key-created">
    <div className="px-5 py-4 text-body">
      <p>
        <code className="font-mono">{created.body.key.displayPrefix}…</code> works from now on.
      </p>
      {created.revealed ? (
        <p className="mt-2 text-soft">
          Its secret is in the trusted window now and nowhere else. Copy it there before you close that
          window.
        </p>
      ) : (
        <div className="mt-3">
          <Banner tone="warn" role="alert">
            No trusted window could show the secret, so nobody has it. Revoke this key and create another.
          </Banner>
        </div>
      )}
    </div>
    <DialogActions>
      <Button kind="primary" onClick={onClose}>
        Done
      </Button>
    </DialogActions>
  </Dialog>
);

import { DEFAULT_REQUESTS_PER_MINUTE, requestsPerMinute } from '../../../shared/http/key-rate.ts';
import { keyLabel } from '../../../shared/http/keys.ts';
import { useDraft } from '../../bridge/use-draft.ts';
import { Field, Input } from '../../ui/field.tsx';
import { Shown } from '../parts/shown.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useCreateKey } from './use-keys.ts';

interface CreateProps {
  readonly onClose: () => void;
  readonly onCreated: () => void;
}

const DEFAULT_LIMIT = String(DEFAULT_REQUESTS_PER_MINUTE);

/** Asks for a name and a limit, shows what will be signed, and says where the secret appears. */
export function CreateKey({ onClose, onCreated }: CreateProps) {
  const draft = useDraft('keys.create', '', { label: '', limit: DEFAULT_LIMIT });
  const { label, limit } = draft.typed;
  const { action, run } = useCreateKey();
  const name = keyLabel.safeParse(label);
  const perMinute = requestsPerMinute.safeParse(limit.trim() === '' ? Number.NaN : Number(limit));
  const sign = name.success && perMinute.success ? () => run(name.data, perMinute.data) : null;

  if (action.state === 'done') return <Created created={action.value} onClose={onClose} />;
  return (
    <SignedForm
      title="Create an inference key"
      testId="create-key"
      action={action}
      onSign={sign}
      draft={draft}
      onAttempted={onCreated}
      onClose={onClose}
      sign="Sign and create"
      summary={
        <SigningSummary
          route="keys.create"
          body={{ label: label.trim(), requestsPerMinute: perMinute.success ? perMinute.data : limit }}
        />
      }
      note="A signing window opens next. After signing, the key’s secret is shown once, in a trusted window; it never reaches this screen."
    >
      {({ touched, running }) => (
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
                onChange={(event) => draft.type({ label: event.target.value })}
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
                onChange={(event) => draft.type({ limit: event.target.value })}
              />
            )}
          </Field>
        </div>
      )}
    </SignedForm>
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
  <SignedDone title="Key created" onClose={onClose} testId="key-created">
    <div className="px-5 py-4 text-body">
      <p>
        <code className="font-mono">{created.body.key.displayPrefix}…</code> works from now on.
      </p>
      <Shown revealed={created.revealed} otherwise="Revoke this key and create another." />
    </div>
  </SignedDone>
);

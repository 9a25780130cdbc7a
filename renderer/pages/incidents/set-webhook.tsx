import { useState } from 'react';
import type { Webhook } from '../../../shared/http/webhook.ts';
import { Field, Input } from '../../ui/field.tsx';
import { ReasonField } from '../parts/reason.tsx';
import { Shown } from '../parts/shown.tsx';
import { SignedDone, SignedForm } from '../parts/signed-form.tsx';
import { SigningSummary } from '../parts/signing.tsx';
import { useRemoveWebhook, useSetWebhook } from './use-webhook.ts';

const URL_MAX = 500;

/** As the service compares it: the address in its one spelling, or null. */
function addressOf(text: string): string | null {
  if (!URL.canParse(text.trim())) return null;
  const { protocol, username, password, search, hash, href } = new URL(text.trim());
  const bare = username === '' && password === '' && search === '' && hash === '';
  return bare && (protocol === 'https:' || protocol === 'http:') ? href : null;
}

interface SetProps {
  /** What it replaces. */
  readonly former: Webhook | null;
  readonly onClose: () => void;
  readonly onSet: () => void;
}

/** Points the webhook somewhere, with a new secret. */
export function SetWebhook({ former, onClose, onSet }: SetProps) {
  const [text, setText] = useState(former?.url ?? '');
  const { action, run } = useSetWebhook();
  const url = addressOf(text);
  if (action.state === 'done')
    return (
      <SignedDone title="Alerts are told there now" testId="set-webhook-done" onClose={onClose}>
        <div className="px-5 py-4 text-body">
          <p>Give the secret to the receiver, then send a test.</p>
          <Shown revealed={action.value.revealed} otherwise="Set the webhook again for another secret." />
        </div>
      </SignedDone>
    );
  return (
    <SignedForm
      title={former ? 'Set another webhook' : 'Set the webhook'}
      description="Every alert and incident is sent there, signed (Standard Webhooks: HMAC-SHA256). A former address and its secret end at once."
      testId="set-webhook"
      action={action}
      onSign={url === null ? null : () => run({ url })}
      onAttempted={onSet}
      onClose={onClose}
      sign="Sign and set"
      summary={<SigningSummary route="webhook.set" body={{ url: url ?? '' }} />}
      note="After signing, the secret is shown once, in a trusted window; it never reaches this screen."
    >
      {({ touched, running }) => (
        <div className="px-5">
          <Field
            label="Address"
            hint="It is shown and stands in the ledger: no place for a token."
            error={
              touched && url === null
                ? 'An https address without user, query or fragment, like https://alerts.example/hook.'
                : undefined
            }
          >
            {(aria) => (
              <Input
                {...aria}
                autoFocus
                value={text}
                maxLength={URL_MAX}
                disabled={running}
                placeholder="https://alerts.example/hook"
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        </div>
      )}
    </SignedForm>
  );
}

interface RemoveProps {
  readonly webhook: Webhook;
  readonly waiting: number;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

/** Takes the webhook away. */
export function RemoveWebhook({ webhook, waiting, onClose, onRemoved }: RemoveProps) {
  const [reason, setReason] = useState('');
  const { action, run } = useRemoveWebhook();
  const body = { webhookId: webhook.id, url: webhook.url, reason: reason.trim() };
  if (action.state === 'done')
    return (
      <SignedDone title="Alerts are told nowhere else" testId="remove-webhook-done" onClose={onClose}>
        <p className="px-5 py-4 text-body">Alerts are seen in this console only. Its secret opens nothing.</p>
      </SignedDone>
    );
  return (
    <SignedForm
      title="Remove the webhook"
      description={`${webhook.url} hears nothing more. ${waiting} messages that wait are dropped.`}
      testId="remove-webhook"
      action={action}
      onSign={body.reason === '' ? null : () => run(body)}
      onAttempted={onRemoved}
      onClose={onClose}
      sign="Sign and remove"
      danger
      summary={<SigningSummary route="webhook.remove" body={body} />}
    >
      {({ touched, running }) => (
        <ReasonField
          value={reason}
          onText={setReason}
          touched={touched}
          disabled={running}
          placeholder="the receiver is replaced"
        />
      )}
    </SignedForm>
  );
}

import { useId, useState } from 'react';
import type { Conversation } from '../conversation.ts';
import { Field, Notice } from '../parts.tsx';
import { visible } from '../visible.ts';
import { FileField } from './file-field.tsx';
import { submitting, TaskFrame } from './parts.tsx';
import { QrCode } from './qr-code.tsx';
import type { TaskProps } from './task.tsx';

interface CeremonyProps extends TaskProps {
  readonly step: NonNullable<Conversation['ceremony']>;
}

/** One step of a rotation. The keeper says all of it: of a transaction, what its bytes say. */
export function CeremonyStep({ bridge, state, step }: CeremonyProps) {
  const id = useId();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title={step.title}
      act={{ label: step.act, form: id, danger: step.danger }}
    >
      <dl className="facts">
        {step.facts.map(({ label, value }) => (
          <div key={`${label} ${value}`}>
            <dt>{label}</dt>
            <dd>{visible(value)}</dd>
          </div>
        ))}
      </dl>
      {step.warning ? <Notice tone="warn">{step.warning}</Notice> : null}
      {step.qr ? <QrCode rows={step.qr} label="The same as a QR code" /> : null}
      <form
        id={id}
        className="stack"
        onSubmit={submitting(() => bridge.send({ type: 'ceremony-act', values: { ...values } }))}
      >
        {step.fields.map(({ name, label, hint, secret, file }) =>
          file ? (
            <FileField
              key={name}
              id={`${id}-${name}`}
              label={`${label} (${hint})`}
              textLabel={secret ? 'Or paste it' : 'Or what its QR code says'}
              rows={3}
              value={values[name] ?? ''}
              disabled={state.working !== null}
              onText={(text) => setValues((before) => ({ ...before, [name]: text }))}
            />
          ) : (
            <Field
              key={name}
              id={`${id}-${name}`}
              kind={secret ? 'passphrase' : 'code'}
              label={`${label} (${hint})`}
              value={values[name] ?? ''}
              onChange={(value) => setValues((before) => ({ ...before, [name]: value }))}
              disabled={state.working !== null}
            />
          ),
        )}
      </form>
    </TaskFrame>
  );
}

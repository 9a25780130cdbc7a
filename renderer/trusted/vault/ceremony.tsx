import { type ChangeEvent, useId, useState } from 'react';
import type { Conversation } from '../conversation.ts';
import { Field, Notice } from '../parts.tsx';
import { visible } from '../visible.ts';
import { LongText } from './choice.tsx';
import { submitting, TaskFrame } from './parts.tsx';
import { QrCode } from './qr-code.tsx';
import type { TaskProps } from './task.tsx';

interface CeremonyProps extends TaskProps {
  readonly step: NonNullable<Conversation['ceremony']>;
}

interface FileFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly onText: (text: string) => void;
}

/** A file is read in this window, or what a scanner reads from its code is typed into it; main and the page never have it. */
function FileField({ id, label, value, disabled, onText }: FileFieldProps) {
  const [unread, setUnread] = useState(false);
  const read = (event: ChangeEvent<HTMLInputElement>) => {
    setUnread(false);
    event.target.files?.[0]?.text().then(onText, () => setUnread(true));
  };
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <input id={id} type="file" disabled={disabled} onChange={read} />
        {unread ? (
          <p className="field-error" role="alert">
            This file cannot be read.
          </p>
        ) : null}
      </div>
      <LongText
        id={`${id}-text`}
        label="Or what its QR code says"
        rows={3}
        value={value}
        disabled={disabled}
        onChange={onText}
      />
    </>
  );
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

import { type ChangeEvent, useId, useState } from 'react';
import { isLabel } from '../../../shared/http/vault-items.ts';
import { Field } from '../parts.tsx';
import { LongText } from './choice.tsx';
import { submitting, TaskFrame } from './parts.tsx';
import type { TaskProps } from './task.tsx';

/** A file is read in this window; the application’s page never has it. */
export function ImportItems({ bridge, state }: TaskProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [label, setLabel] = useState('Imported wallet');
  const [unread, setUnread] = useState(false);
  const busy = state.working !== null;
  const ready = isLabel(label.trim()) && text.trim() !== '';
  const read = (event: ChangeEvent<HTMLInputElement>) => {
    setUnread(false);
    event.target.files?.[0]?.text().then(setText, () => setUnread(true));
  };
  const send = () => {
    if (ready) bridge.send({ type: 'import-items', text, label: label.trim() });
  };
  return (
    <TaskFrame
      bridge={bridge}
      state={state}
      title="Import secrets"
      act={{ label: 'Import', form: id, disabled: !ready }}
    >
      <p>A .env file, a JSON object of texts, or a Solana key file. All of it is taken over, or nothing.</p>
      <form id={id} className="stack" onSubmit={submitting(send)}>
        <div className="field">
          <label htmlFor={`${id}-file`}>File</label>
          <input id={`${id}-file`} type="file" disabled={busy} onChange={read} />
          {unread ? (
            <p className="field-error" role="alert">
              This file cannot be read.
            </p>
          ) : null}
        </div>
        <LongText
          id={`${id}-text`}
          label="Or paste it"
          rows={6}
          value={text}
          disabled={busy}
          onChange={setText}
        />
        <Field
          id={`${id}-label`}
          kind="code"
          label="Label of a wallet key"
          value={label}
          onChange={setLabel}
          disabled={busy}
          hint="Named values keep their own names."
        />
      </form>
    </TaskFrame>
  );
}

import { useId, useState } from 'react';
import { isLabel } from '../../../shared/http/vault-items.ts';
import { Field } from '../parts.tsx';
import { FileField } from './file-field.tsx';
import { submitting, TaskFrame } from './parts.tsx';
import type { TaskProps } from './task.tsx';

/** A file is read in this window; the application’s page never has it. */
export function ImportItems({ bridge, state }: TaskProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [label, setLabel] = useState('Imported wallet');
  const busy = state.working !== null;
  const ready = isLabel(label.trim()) && text.trim() !== '';
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
        <FileField
          id={`${id}-file`}
          label="File"
          textLabel="Or paste it"
          rows={6}
          value={text}
          disabled={busy}
          onText={setText}
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
